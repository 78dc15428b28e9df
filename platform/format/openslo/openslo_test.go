package openslo_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/openslo"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

// The specification (openslo/v1) as closed structures: a key that it does not have is an error.
type (
	document struct {
		APIVersion string    `yaml:"apiVersion"`
		Kind       string    `yaml:"kind"`
		Metadata   meta      `yaml:"metadata"`
		Spec       yaml.Node `yaml:"spec"`
	}
	meta struct {
		Name        string              `yaml:"name"`
		DisplayName string              `yaml:"displayName"`
		Labels      map[string][]string `yaml:"labels"`
		Annotations map[string]string   `yaml:"annotations"`
	}
	service struct {
		Description string `yaml:"description"`
	}
	source struct {
		MetricSource struct {
			MetricSourceRef string            `yaml:"metricSourceRef"`
			Type            string            `yaml:"type"`
			Spec            map[string]string `yaml:"spec"`
		} `yaml:"metricSource"`
	}
	sli struct {
		Description     string  `yaml:"description"`
		ThresholdMetric *source `yaml:"thresholdMetric"`
		RatioMetric     *struct {
			Counter *bool   `yaml:"counter"`
			Good    *source `yaml:"good"`
			Bad     *source `yaml:"bad"`
			Total   *source `yaml:"total"`
		} `yaml:"ratioMetric"`
	}
	slo struct {
		Description  string `yaml:"description"`
		Service      string `yaml:"service"`
		IndicatorRef string `yaml:"indicatorRef"`
		TimeWindow   []struct {
			Duration  string `yaml:"duration"`
			IsRolling *bool  `yaml:"isRolling"`
		} `yaml:"timeWindow"`
		BudgetingMethod string `yaml:"budgetingMethod"`
		Objectives      []struct {
			DisplayName     string   `yaml:"displayName"`
			Op              string   `yaml:"op"`
			Value           *float64 `yaml:"value"`
			Target          *float64 `yaml:"target"`
			TimeSliceTarget *float64 `yaml:"timeSliceTarget"`
			TimeSliceWindow string   `yaml:"timeSliceWindow"`
		} `yaml:"objectives"`
	}
)

var (
	label     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	labelKey  = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?$`)
	shorthand = regexp.MustCompile(`^[1-9][0-9]*[mhdwMQY]$`)
	used      = regexp.MustCompile(`tidemark_[a-z_]+`)
)

// valid holds a text against the specification, and what refers to what.
func valid(text []byte, metrics []string) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	names := map[string]bool{}
	var slos []slo
	for {
		var d document
		if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if d.APIVersion != "openslo/v1" || !label.MatchString(d.Metadata.Name) || names[d.Kind+d.Metadata.Name] {
			return fmt.Errorf("%s %q", d.Kind, d.Metadata.Name)
		}
		names[d.Kind+d.Metadata.Name] = true
		for key := range d.Metadata.Labels {
			if !labelKey.MatchString(key) {
				return fmt.Errorf("label %q", key)
			}
		}
		for key := range d.Metadata.Annotations {
			prefix, name, _ := strings.Cut(key, "/")
			if !label.MatchString(prefix) || !labelKey.MatchString(name) {
				return fmt.Errorf("annotation %q", key)
			}
		}
		switch d.Kind {
		case "Service":
			var s service
			if err := strictly(&d.Spec, &s); err != nil || utf8.RuneCountInString(s.Description) > 1050 {
				return fmt.Errorf("service %w", err)
			}
		case "SLI":
			var s sli
			if err := strictly(&d.Spec, &s); err != nil {
				return err
			}
			if err := s.valid(metrics); err != nil {
				return err
			}
		case "SLO":
			var s slo
			if err := strictly(&d.Spec, &s); err != nil {
				return err
			}
			slos = append(slos, s)
		default:
			return fmt.Errorf("kind %q", d.Kind)
		}
	}
	for _, s := range slos {
		if !names["Service"+s.Service] || !names["SLI"+s.IndicatorRef] {
			return fmt.Errorf("refers to nothing: %+v", s)
		}
		if err := s.valid(); err != nil {
			return err
		}
	}
	return nil
}

func strictly(n *yaml.Node, into any) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (s *sli) valid(metrics []string) error {
	var sources []*source
	switch r := s.RatioMetric; {
	case (s.ThresholdMetric == nil) == (r == nil):
		return errors.New("exactly one of thresholdMetric and ratioMetric")
	case r == nil:
		sources = append(sources, s.ThresholdMetric)
	case (r.Good == nil) == (r.Bad == nil) || r.Total == nil || r.Counter == nil:
		return errors.New("total and exactly one of good and bad")
	case r.Good != nil:
		sources = append(sources, r.Good, r.Total)
	default:
		sources = append(sources, r.Bad, r.Total)
	}
	for _, m := range sources {
		query := m.MetricSource.Spec["query"]
		if m.MetricSource.Type != "Prometheus" || len(used.FindAllString(query, -1)) == 0 {
			return fmt.Errorf("source %+v", m)
		}
		for _, name := range used.FindAllString(query, -1) {
			if !slices.Contains(metrics, name) {
				return fmt.Errorf("there is no metric %s", name)
			}
		}
	}
	return nil
}

func (s *slo) valid() error {
	if len(s.TimeWindow) != 1 || !shorthand.MatchString(s.TimeWindow[0].Duration) || s.TimeWindow[0].IsRolling == nil || len(s.Objectives) != 1 {
		return fmt.Errorf("%+v", s)
	}
	o := s.Objectives[0]
	if o.Target == nil || *o.Target < 0 || *o.Target >= 1 {
		return fmt.Errorf("target %v", o.Target)
	}
	switch s.BudgetingMethod {
	case "Occurrences":
		if o.Op != "" || o.Value != nil || o.TimeSliceTarget != nil || o.TimeSliceWindow != "" {
			return fmt.Errorf("%+v", o)
		}
	case "Timeslices":
		if o.Op != "lte" || o.Value == nil || o.TimeSliceTarget == nil || *o.TimeSliceTarget <= 0 || *o.TimeSliceTarget > 1 || !shorthand.MatchString(o.TimeSliceWindow) {
			return fmt.Errorf("%+v", o)
		}
	default:
		return fmt.Errorf("budgetingMethod %q", s.BudgetingMethod)
	}
	return nil
}

// metrics are the names that the platform serves, read where it declares them.
func metrics(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../../portal/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`desc\("([a-z_]+)"`).FindAllSubmatch(source, -1) {
		names = append(names, "tidemark_"+string(m[1]))
	}
	if len(names) < 10 {
		t.Fatal("the metrics are not found", names)
	}
	return names
}

func TestContracts(t *testing.T) {
	known := metrics(t)
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	for _, c := range set.Contracts() {
		p, _, _ := set.Publisher(c.ID)
		text, findings := openslo.Export(c, p)
		if err := valid(text, known); err != nil {
			t.Errorf("%s: %v\n%s", c.File, err, text)
		}
		for _, f := range findings {
			if f.Severity != contract.SeverityNote || f.File != c.File {
				t.Error(f)
			}
		}
	}
}

const promises = `apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:orders:order-lines:lines:2
name: Order lines
version: 2.0.0
status: active
domain: orders
tags: [orders]
team: {name: orders-team}
description: {purpose: "What the shop sells, line by line."}
schema: [{name: OrderLine, physicalName: orders.order-lines.lines.v2, physicalType: topic, properties: [{name: id, logicalType: string, unique: true, quality: [{metric: duplicateValues, mustBe: 0}]}]}]
slaProperties:
  - {property: freshness, value: 5, unit: minutes, description: The shop sells all day.}
  - {property: latency, value: 500, unit: ms}
  - {property: frequency, value: PT1H}
  - {property: availability, value: 99.95, unit: percent}
  - {property: completeness, value: 1}
  - {property: errorRate, value: 0.1, unit: percent}
  - {property: retention, value: 30, unit: days}
  - {property: endOfLife, value: "2030-01-01", element: OrderLine.id}
`

func parse(t testing.TB, text string) *contract.Contract {
	t.Helper()
	c, findings := contract.ParseContract("lines.v2.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	return c
}

func TestGolden(t *testing.T) {
	text, findings := openslo.Export(parse(t, promises), nil)
	if err := valid(text, metrics(t)); err != nil {
		t.Error(err)
	}
	for _, f := range findings {
		text = fmt.Appendf(text, "# %s\n", f)
	}
	goldentest.Equal(t, "testdata/promises.yaml", text, *update)
}

func TestObservedPort(t *testing.T) {
	p, findings := contract.ParseDataProduct("product.odps.yaml", []byte(`{apiVersion: v1.0.0, kind: DataProduct, id: fulfillment.tracking, version: 1.0.0, status: active,
inputPorts: [{name: tracking, version: 1.0.0, contractId: "urn:datamesh:orders:order-lines:lines:2"}], customProperties: [{property: tidemark.mode, value: observe}]}`))
	if p == nil {
		t.Fatal(findings)
	}
	text, _ := openslo.Export(parse(t, promises), p)
	if !strings.Contains(string(text), `tidemark_port_freshness_seconds{port="fulfillment.tracking.tracking.v1"}`) {
		t.Errorf("%s", text)
	}
}

func TestNoTopic(t *testing.T) {
	text, findings := openslo.Export(&contract.Contract{ID: "x"}, nil)
	if text != nil || len(findings) != 1 || findings[0].Rule != openslo.RulePort {
		t.Errorf("%s %v", text, findings)
	}
}

// Names, values and units as they may come; what parses is exported and is valid.
func TestGenerated(t *testing.T) {
	known := metrics(t)
	values := []string{"1", "0.5", "99.999999999999", "100", "30", "PT15M", "1e-12", "3", `"2030-01-01"`, "x"}
	units := []string{"", "percent", "minutes", "ms", "d", "y", "m"}
	topics := []string{"orders.order-lines.lines.v2", "A", "_", "ÄÖ.__", strings.Repeat("long.", 40) + "v1", "x" + strings.Repeat("-", 100)}
	n := 0
	for _, property := range []string{"freshness", "latency", "frequency", "availability", "completeness", "errorRate", "throughput", "Some Thing"} {
		for _, value := range values {
			for _, unit := range units {
				text := strings.Replace(promises[:strings.Index(promises, "slaProperties:")], "orders.order-lines.lines.v2", topics[n%len(topics)], 1) +
					fmt.Sprintf("slaProperties:\n  - {property: %q, value: %s, unit: %q, description: %q}\n", property, value, unit, strings.Repeat("ü", n))
				c, _ := contract.ParseContract("x.odcs.yaml", []byte(text))
				if n++; c == nil {
					continue
				}
				out, _ := openslo.Export(c, nil)
				if err := valid(out, known); err != nil {
					t.Fatalf("%v\n%s\n%s", err, text, out)
				}
			}
		}
	}
}

// The test's own specification refuses what is wrong.
func TestSpecificationRefuses(t *testing.T) {
	good, _ := openslo.Export(parse(t, promises), nil)
	known := metrics(t)
	for from, to := range map[string]string{
		"openslo/v1":                             "openslo/v2",
		"kind: Service":                          "kind: Servise",
		"indicatorRef: orders":                   "indicatorRef: others",
		"target: 0.99":                           "target: 1.99",
		"budgetingMethod: Timeslices":            "budgetingMethod: Occurrences",
		"duration: 4w":                           "duration: 4weeks",
		"tidemark_port_freshness_seconds":        "tidemark_port_age_seconds",
		"op: lte":                                "operator: lte",
		"name: orders-order-lines-lines-v2\n":    "name: orders.order-lines\n",
		"thresholdMetric:":                       "ratioMetric:",
		"  service: orders-order-lines-lines-v2": "  service: orders",
	} {
		if !bytes.Contains(good, []byte(from)) {
			t.Errorf("%q does not occur", from)
		}
		if valid(bytes.Replace(good, []byte(from), []byte(to), 1), known) == nil {
			t.Errorf("%q for %q is accepted", to, from)
		}
	}
}
