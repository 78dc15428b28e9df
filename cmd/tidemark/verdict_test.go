package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/policy"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// candidate is a generated data product: a guard over the customers' profiles, whose contract is that of the profiles with
// changes.
type candidate struct {
	id, contract string
	changes      []string
	before       fs.FS // the tree before the change; nil if it is new
	tree         fs.FS // of two data products, so that a data product that starts finds its input
}

// changes are what may be wrong with a contract, each an edit of its text and its data product's.
func changes() map[string]func(contract, product *string) {
	without := func(text *string, block string) { // a key at the top, with all that is below it
		*text = regexp.MustCompile(`(?m)^`+block+`:\n(?:[ ].*\n|\n)*`).ReplaceAllString(*text, "")
	}
	promise := func(name string) func(c, _ *string) {
		return func(c, _ *string) {
			*c = regexp.MustCompile(`(?m)^  - property: `+name+`\n(?:    .*\n)+`).ReplaceAllString(*c, "")
		}
	}
	replaced := func(was, is string) func(c, _ *string) {
		return func(c, _ *string) { *c = strings.ReplaceAll(*c, was, is) }
	}
	return map[string]func(contract, product *string){
		"no owner":      func(c, p *string) { without(c, "team"); without(p, "team") },
		"no contact":    func(c, p *string) { without(c, "support"); without(p, "support") },
		"no freshness":  promise("freshness"),
		"no retention":  promise("retention"),
		"no roles":      func(c, _ *string) { without(c, "roles") },
		"unprotected":   replaced("classification: pii", "classification: internal"),
		"unknown class": replaced("classification: pii", "classification: hush"),
		"a draft":       replaced("status: active", "status: draft"),
		"for everybody": replaced("role: reader", "role: everyone"),
		"undescribed": func(c, _ *string) {
			*c = strings.Replace(*c, "description: Whether the customer agreed to be written to.", "", 1)
		},
		"no documentation": func(c, _ *string) { without(c, "description") },
		"deprecated":       replaced("status: active", "status: deprecated"),
	}
}

// generate makes data products of the repository's contracts: one as it is, some with one change, some with several, and
// two that break what was published, with and without another version.
func generate(t *testing.T, random *rand.Rand) []candidate {
	t.Helper()
	all := changes()
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	sets := [][]string{nil, {"break, 1.1.0"}, {"break"}, {names[0], names[1], names[2]}, {names[3], "break, 1.1.0"}}
	for _, name := range names {
		sets = append(sets, []string{name})
	}
	var made []candidate
	for i, set := range sets {
		x := candidate{id: fmt.Sprintf("customer.crm-%d", i), changes: set}
		x.contract = fmt.Sprintf("urn:datamesh:customer:crm-%d:profiles:1", i)
		base := grow(t, i, nil)
		x.tree = grow(t, i, set)
		if slices.ContainsFunc(set, func(name string) bool { return strings.HasPrefix(name, "break") }) {
			x.before = base
		}
		made = append(made, x)
	}
	return made
}

// grow makes the tree of one data product.
func grow(t *testing.T, number int, set []string) fs.FS {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile("../../contracts/customer/crm/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	source, schema, product := read("profiles.v1.odcs.yaml"), read("profiles.v1.avsc"), read("product.odps.yaml")
	rename := strings.NewReplacer("customer.crm", fmt.Sprintf("customer.crm-%d", number), "customer:crm:", fmt.Sprintf("customer:crm-%d:", number))
	own, guard := rename.Replace(source), rename.Replace(product)
	guard = strings.Replace(guard, "value: source", "value: guard", 1)
	guard = strings.Replace(guard, "outputPorts:", "inputPorts:\n  - {name: profiles, version: 1.0.0, contractId: \"urn:datamesh:customer:crm:profiles:1\"}\n\noutputPorts:", 1)
	for _, name := range set {
		if !strings.HasPrefix(name, "break") {
			changes()[name](&own, &guard)
			continue
		}
		field := regexp.MustCompile(`(?m)^      - name: internal\n(?:        .*\n)+`)
		own, source = field.ReplaceAllString(own, ""), field.ReplaceAllString(source, "")
		schema = regexp.MustCompile(`(?m)^\s*\{"name": "internal".*\n`).ReplaceAllString(schema, "")
		if _, version, ok := strings.Cut(name, ", "); ok {
			own = strings.Replace(own, "\nversion: 1.0.0", "\nversion: "+version, 1)
			guard = regexp.MustCompile(`(type: topic\n    version: )1.0.0`).ReplaceAllString(guard, "${1}"+version)
		}
	}
	folder := fmt.Sprintf("customer/crm-%d/", number)
	return fstest.MapFS{
		"customer/crm/profiles.v1.odcs.yaml": {Data: []byte(source)}, "customer/crm/profiles.v1.avsc": {Data: []byte(schema)},
		"customer/crm/product.odps.yaml": {Data: []byte(product)},
		folder + "profiles.v1.odcs.yaml": {Data: []byte(own)}, folder + "profiles.v1.avsc": {Data: []byte(schema)},
		folder + "product.odps.yaml": {Data: []byte(guard)},
	}
}

// judgement is a finding as all four say it, without the file and line, which only files have.
type judgement struct{ rule, severity, message, path string }

func sorted(all []judgement) []judgement {
	slices.SortFunc(all, func(a, b judgement) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

// checked is what check says of a candidate's contract.
func (x candidate) checked(t *testing.T, b *policy.Bundle) []judgement {
	t.Helper()
	set := x.load(t, x.tree)
	tree := policy.Tree{Bundle: b, Environment: "production", Now: time.Now(), Previous: func(id string) *contract.Contract {
		if x.before == nil {
			return nil
		}
		c, _ := x.load(t, x.before).Contract(id)
		return c
	}}
	findings, err := tree.Judge(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	var all []judgement
	for _, f := range findings {
		if strings.HasPrefix(f.File, "customer/crm-") {
			all = append(all, judgement{f.Rule, f.Severity.String(), f.Message, f.Path})
		}
	}
	return sorted(all)
}

func (x candidate) load(t *testing.T, tree fs.FS) *contract.Set {
	t.Helper()
	set, findings := contract.Load(tree)
	if contract.HasErrors(findings) {
		t.Fatalf("%v: %v", x.changes, findings)
	}
	return set
}

// publication is what tidemark publish sends.
func (x candidate) publication(t *testing.T, tree fs.FS) api.Publication {
	t.Helper()
	set := x.load(t, tree)
	p, _ := set.DataProduct(x.id)
	publication, _ := publicationOf(set, p)
	return publication
}

// court runs a platform that judges by a bundle, on a cluster that a test has.
func (c *courthouse) open(t *testing.T, b *policy.Bundle) (m *mesh.Mesh, api *client.Client, closed func()) {
	t.Helper()
	p, err := local.NewPlatform(local.PlatformConfig{
		Kafka: c.kafka, Registry: c.registry, Control: event.Schemas(), Policies: court{b, "production"}, Local: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, l) }()
	closed = sync.OnceFunc(func() { stop(); <-done })
	t.Cleanup(closed)
	if api, err = client.New("http://"+l.Addr().String(), client.Options{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the platform is ready", func() bool { return p.Ready(t.Context()) == nil })
	return p.Mesh(), api, closed
}

// courthouse is a cluster.
type courthouse struct {
	kafka    kafka.Config
	registry *registry.Client
	admin    *kafka.Admin
}

func newCourthouse(t *testing.T) *courthouse {
	t.Helper()
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	cfg := kafka.Config{Brokers: []string{b.Address()}}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	return &courthouse{cfg, registrytest.Client(t), admin}
}

// eventually waits for what other goroutines bring about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-deadline.C:
			t.Fatalf("it never came to be that %s", what)
		}
	}
}

// start runs the candidate's data product until the platform's verdict is known: it is the error that Run gives, nil once
// the data product goes on, which its topic shows.
func (x candidate) start(t *testing.T, house *courthouse) error {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	i, err := dataproduct.New(dataproduct.Config{
		Kafka: house.kafka, Registry: house.registry, Contracts: x.tree, Instance: "starter-" + strings.ReplaceAll(x.id, ".", "-"),
		VerdictWait: time.Minute, Logger: slog.New(slog.DiscardHandler),
	}, dataproduct.Guard(strings.Replace(x.id, ".", "/", 1)))
	if err != nil {
		return fmt.Errorf("New: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- i.Run(ctx) }()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			if _, err := house.admin.Partitions(ctx, x.id+".profiles.v1"); err == nil {
				cancel()
				<-ended
				return nil
			}
		}
	}
}

// some is a bundle of some of the shipped policies, with the library that they share.
func some(t *testing.T, random *rand.Rand) *policy.Bundle {
	t.Helper()
	tree, shipped := fstest.MapFS{}, os.DirFS("../../contracts/policies")
	names, err := fs.Glob(shipped, "*.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name == "lib.rego" || name == "owner.rego" || !strings.HasSuffix(name, "_test.rego") && random.IntN(2) == 0 {
			text, err := fs.ReadFile(shipped, name)
			if err != nil {
				t.Fatal(err)
			}
			tree[name] = &fstest.MapFile{Data: text}
		}
	}
	b, faults := policy.Load(tree)
	if contract.HasErrors(faults) {
		t.Fatal(faults)
	}
	return b
}

// TestTheSameVerdictEverywhere holds that a bundle says the same of a contract in check, to who publishes it, to the data
// product that starts, and when the platform judges again what it knows, by these policies or others.
func TestTheSameVerdictEverywhere(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	house := newCourthouse(t)
	shipped, faults := policy.Load(os.DirFS("../../contracts/policies"))
	if contract.HasErrors(faults) {
		t.Fatal(faults)
	}
	m, platform, closed := house.open(t, shipped)
	candidates := generate(t, random)
	denials := 0
	var starting sync.WaitGroup
	for _, x := range candidates {
		if x.before != nil { // what is judged is a change of this
			if published, err := platform.Publish(t.Context(), x.publication(t, x.before), false); err != nil || !published.Published {
				t.Fatalf("%v: %+v %v", x.changes, published, err)
			}
			eventually(t, "the contract is known", func() bool { _, known := m.Contract(x.contract); return known })
		}
		want := x.checked(t, shipped)
		denied := slices.ContainsFunc(want, func(s judgement) bool { return s.severity == "error" })
		if denied {
			denials++
		}
		for _, dry := range []bool{true, false} {
			published, err := platform.Publish(t.Context(), x.publication(t, x.tree), dry)
			if err != nil {
				t.Fatal(err)
			}
			var got []judgement
			for _, f := range published.Findings {
				if strings.HasPrefix(f.Rule, "polic") {
					got = append(got, judgement{f.Rule, f.Severity, f.Message, f.Path})
				}
			}
			if !slices.Equal(sorted(got), want) || published.Published != (!dry && !denied) {
				t.Errorf("%v: check says\n%q\nand the publish API (dry run: %v, published: %v)\n%q", x.changes, want, dry, published.Published, got)
			}
		}
		starting.Go(func() {
			err := x.start(t, house)
			if (err != nil) != denied {
				t.Errorf("%v: check says\n%q\nand what starts is told %v", x.changes, want, err)
			}
			for _, s := range want {
				if s.severity == "error" && err != nil && !strings.Contains(err.Error(), s.rule+": "+s.message) {
					t.Errorf("%v: what starts is not told %q: %v", x.changes, s, err)
				}
			}
		})
	}
	starting.Wait()
	if denials < 8 || denials > len(candidates)-2 {
		t.Errorf("%d of %d are denied, which shows little", denials, len(candidates))
	}
	for round := range 3 {
		bundle := shipped
		if round > 0 { // the platform starts again with other policies: it judges what it knows once more
			closed()
			bundle = some(t, random)
			m, _, closed = house.open(t, bundle)
		}
		for _, x := range candidates {
			want := x.checked(t, bundle)
			var verdict *mesh.Verdict
			eventually(t, "there is a verdict by the policies of now", func() bool {
				c, _ := m.Contract(x.contract)
				verdict = c.Verdict
				return verdict != nil && verdict.Policies == bundle.Digest() && verdict.Environment == "production"
			})
			var got []judgement
			for _, f := range verdict.Findings {
				got = append(got, judgement{f.Rule, f.Severity, f.Message, f.Path})
			}
			if !slices.Equal(sorted(got), want) {
				t.Errorf("%v, round %d: check says\n%q\nand the platform, judging again,\n%q", x.changes, round, want, got)
			}
		}
	}
}
