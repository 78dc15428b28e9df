package openlineage

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The rules of this package's findings.
const (
	RuleServer  = "format.openlineage.server"  // a dataset without a broker that would name it
	RuleSource  = "format.openlineage.source"  // a transformSourceObjects that leads nowhere
	RuleDataset = "format.openlineage.dataset" // a port that cannot be told of
)

// Options say what the files do not.
type Options struct {
	// Time is when the files were read, the eventTime of Export's events.
	Time time.Time
	// JobNamespace is the jobs'. Default tidemark.
	JobNamespace string
	// Bootstrap is host:port of the brokers that all topics are on. Default: of the Kafka server in each contract.
	Bootstrap string
	// Environment picks the contract's Kafka server of that environment. Default: the first one.
	Environment string
	// Producer is the URI of the software that says it. Default: this project's.
	Producer string
}

// Export says what the files say of a data product: one JobEvent, and a DatasetEvent for each output port, or each input
// port of one that observes. set resolves the contracts; ports whose contract is not in it are left out.
func Export(p *contract.DataProduct, set *contract.Set, o Options) ([]Event, []contract.Finding) {
	e := newExporter(p, set, o)
	event := Event{EventTime: e.options.Time, Job: e.job(), Inputs: e.named(e.inputs), Outputs: e.described(), Producer: e.options.Producer, SchemaURL: core + "JobEvent"}
	events := []Event{event}
	for _, d := range e.answered() {
		events = append(events, Event{EventTime: e.options.Time, Dataset: e.full(d), Producer: e.options.Producer, SchemaURL: core + "DatasetEvent"})
	}
	return events, contract.SortFindings(e.findings)
}

// port is a port of the data product that can be told of.
type port struct {
	contract.Port
	contract  *contract.Contract
	namespace string // kafka://host:port
}

type exporter struct {
	product         *contract.DataProduct
	options         Options
	inputs, outputs []port
	findings        []contract.Finding
}

func newExporter(p *contract.DataProduct, set *contract.Set, o Options) *exporter {
	o.JobNamespace, o.Producer = cmp.Or(o.JobNamespace, "tidemark"), cmp.Or(o.Producer, defaultProducer)
	o.Time = o.Time.UTC()
	e := &exporter{product: p, options: o}
	e.inputs, e.outputs = e.ports(p.InputPorts, set), e.ports(p.OutputPorts, set)
	return e
}

func (e *exporter) warn(file string, place *contract.Place, key, rule, format string, args ...any) {
	path, at := place.At(key)
	e.findings = append(e.findings, contract.Finding{
		Rule: rule, Severity: contract.SeverityWarning, File: file, Line: at.Line, Column: at.Column, Path: path, Message: fmt.Sprintf(format, args...),
	})
}

func (e *exporter) ports(list []contract.Port, set *contract.Set) (ports []port) {
	for _, p := range list {
		c, ok := set.Contract(p.ContractID)
		if !ok || c.Topic() == "" {
			e.warn(e.product.File, &p.Place, "contractId", RuleDataset, "the port %s is left out: its contract is not there, or is about no topic", p.Name)
			continue
		}
		namespace := e.namespace(c)
		if namespace == "" {
			e.warn(c.File, &c.Place, "servers", RuleServer, "the port %s is left out: no server of type kafka says on which broker its topic is; add one, or say the bootstrap server", p.Name)
			continue
		}
		ports = append(ports, port{p, c, namespace})
	}
	return ports
}

// namespace names the cluster by its first broker, "" where there is none.
func (e *exporter) namespace(c *contract.Contract) string {
	host := e.options.Bootstrap
	for i := range c.Servers {
		s := &c.Servers[i]
		if host == "" && s.Type == "kafka" && (e.options.Environment == "" || s.Environment == e.options.Environment) {
			host = s.Host
		}
	}
	host, _, _ = strings.Cut(host, ",")
	host = strings.TrimSpace(host)
	if _, after, ok := strings.Cut(host, "://"); ok { // the listener's protocol is not part of the name
		host = after
	}
	host = strings.TrimRight(host, "/")
	if host == "" {
		return ""
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "9092")
	}
	return "kafka://" + host
}

// answered are the ports that the data product answers for.
func (e *exporter) answered() []port {
	if e.product.Mode() == contract.Observe {
		return e.inputs
	}
	return e.outputs
}

// named are datasets without facets: others tell about what they publish.
func (e *exporter) named(ports []port) (list []*Dataset) {
	for _, p := range ports {
		list = append(list, &Dataset{Namespace: p.namespace, Name: p.contract.Topic()})
	}
	return list
}

// described are the outputs with their schema and where they come from.
func (e *exporter) described() (list []*Dataset) {
	for _, p := range e.outputs {
		d := &Dataset{Namespace: p.namespace, Name: p.contract.Topic()}
		e.schema(d, p)
		e.lineage(d, p)
		e.columns(d, p)
		list = append(list, d)
	}
	return list
}

func (e *exporter) job() *Job {
	p := e.product
	job := &Job{Namespace: e.options.JobNamespace, Name: p.ID}
	e.add(&job.Facets, "jobType", "2-0-4", "JobTypeJobFacet", Facet{
		"processingType": "STREAMING", "integration": "TIDEMARK", "jobType": strings.ToUpper(string(p.Mode())),
	})
	if text := purpose(p.Description); text != "" {
		e.add(&job.Facets, "documentation", "1-1-0", "DocumentationJobFacet", Facet{"description": text, "contentType": "text/plain"})
	}
	if owners := owners(p.Team, p.Owner()); len(owners) > 0 {
		e.add(&job.Facets, "ownership", "1-0-1", "OwnershipJobFacet", Facet{"owners": owners})
	}
	if len(p.Tags) > 0 {
		e.add(&job.Facets, "tags", "1-0-0", "TagsJobFacet", Facet{"tags": tags(p.Tags)})
	}
	return job
}

func purpose(d *contract.Description) string {
	if d == nil {
		return ""
	}
	return strings.TrimSpace(d.Purpose)
}

// owners are the team, and its members of now.
func owners(t *contract.Team, owner string) (list []any) {
	if t == nil {
		return nil
	}
	if t.Name != "" {
		list = append(list, map[string]any{"name": "team:" + t.Name, "type": "OWNER"})
	}
	for i := range t.Members {
		m := &t.Members[i]
		if m.DateOut != "" {
			continue
		}
		one := map[string]any{"name": "user:" + m.Username}
		if role := cmp.Or(m.Role, map[bool]string{true: "owner"}[m.Username == owner]); role != "" {
			one["type"] = strings.ToUpper(strings.Join(strings.Fields(role), "_"))
		}
		list = append(list, one)
	}
	return list
}

func tags(list []string) (values []any) {
	list = slices.Clone(list)
	slices.Sort(list)
	for _, t := range slices.Compact(list) {
		values = append(values, map[string]any{"key": t, "value": "true", "source": "CONTRACT"})
	}
	return values
}
