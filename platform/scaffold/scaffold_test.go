package scaffold_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/check"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

var (
	now   = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	owner = scaffold.Owner{Team: "warehouse-team", Contact: "warehouse-data@shop.example"}
)

const description = "Counts of the stock on the shelves, as the warehouse counted them."

// apply writes a plan, and wants it to be possible.
func apply(t *testing.T, p *scaffold.Plan, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(); err != nil {
		t.Fatal(err)
	}
}

func newMesh(t *testing.T) string {
	t.Helper()
	clone, ok := scaffold.Clone(".")
	if !ok {
		t.Fatal("this test is not in a clone")
	}
	dir := filepath.Join(t.TempDir(), "my shop")
	p, err := scaffold.Mesh(scaffold.MeshOptions{Root: dir, Module: "example.com/shop", Clone: clone})
	apply(t, p, err)
	return dir
}

func product(t *testing.T, root, domain, name string, mode contract.Mode, in *scaffold.Input) {
	t.Helper()
	p, err := scaffold.Product(scaffold.ProductOptions{
		Root: root, Domain: domain, Name: name, Mode: mode, Description: description, Owner: owner, Input: in, Now: now,
	})
	apply(t, p, err)
	for _, note := range p.Notes {
		if strings.Contains(note, "sample") {
			t.Errorf("%s: %s", name, note)
		}
	}
}

// TestExampleInput: whoever begins with an example is told which topic it waits for.
func TestExampleInput(t *testing.T) {
	root := newMesh(t)
	for mode, want := range map[contract.Mode]bool{contract.Transform: true, contract.Source: false} {
		p, err := scaffold.Product(scaffold.ProductOptions{
			Root: root, Domain: "warehouse", Name: "stock", Mode: mode, Description: description, Owner: owner, Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(strings.Join(p.Notes, "\n"), "warehouse-stock-input"); told != want {
			t.Errorf("%s: the notes are %q", mode, p.Notes)
		}
	}
}

// wanting is a schema with all that a scaffold must cope with.
const wanting = `{"type":"record","name":"Sale","namespace":"legacy.till","fields":[
	{"name":"sale_id","type":"string"},
	{"name":"customer_email","type":["null","string"],"default":null},
	{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["SALE","REFUND"]}},
	{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
	{"name":"discount","type":["null",{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}],"default":null},
	{"name":"sold_at","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"sold_on","type":{"type":"int","logicalType":"date"}},
	{"name":"ship_to","type":{"type":"record","name":"Address","fields":[{"name":"city","type":"string"},{"name":"lines","type":{"type":"array","items":"string"}}]}},
	{"name":"bill_to","type":["null","Address"],"default":null},
	{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[{"name":"sku","type":"string"},{"name":"units","type":"int"},{"name":"weight","type":"float"}]}}},
	{"name":"labels","type":{"type":"map","values":"long"}},
	{"name":"tested","type":["null","boolean"],"default":null},
	{"name":"digest","type":{"type":"fixed","name":"Digest","size":4}}
]}`

func sale() *scaffold.Input { return &scaffold.Input{Topic: "legacy.sales", Schema: []byte(wanting)} }

// seen is a topic whose schema lets be null what never is: the contract that is proposed demands it.
func seen(t *testing.T) *scaffold.Input {
	t.Helper()
	strict := strings.NewReplacer(`["null","string"],"default":null`, `"string"`, `["null","int"]`, `"int"`)
	const text = `{"type":"record","name":"Visit","namespace":"legacy.till","fields":[
		{"name":"visitor","type":["null","string"],"default":null},
		{"name":"till","type":["null","string"],"default":null},
		{"name":"ended_at","type":{"type":"long","logicalType":"timestamp-millis"}},
		{"name":"shop","type":{"type":"record","name":"Shop","fields":[{"name":"city","type":["null","string"],"default":null}]}},
		{"name":"stops","type":{"type":"array","items":{"type":"record","name":"Stop","fields":[{"name":"minutes","type":["null","int"]}]}}}
	]}`
	s, err := avro.Parse([]byte(strict.Replace(text)))
	if err != nil {
		t.Fatal(err)
	}
	properties, _ := avsc.Properties(s)
	return &scaffold.Input{Topic: "legacy.visits", Schema: []byte(text), Contract: &contract.Contract{
		ID: "legacy.visits", Name: "Visit", Version: "1.0.0", Status: "draft",
		Objects:          []contract.SchemaObject{{Name: "Visit", PhysicalName: "legacy.visits", PhysicalType: "topic", LogicalType: "object", Properties: properties}},
		CustomProperties: []contract.CustomProperty{{Property: "tidemark.key", Value: values.Text("visitor")}, {Property: "tidemark.eventTime", Value: values.Text("ended_at")}},
	}}
}

// A mesh of all modes, from nothing and from a schema: it compiles, passes go vet, the conformance suite and its golden
// tests, and nothing in its contracts is wrong.
func TestAllModes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module")
	}
	dir := newMesh(t)
	d, err := scaffold.Domain(scaffold.DomainOptions{Root: dir, Name: "order-desk", Owner: owner})
	apply(t, d, err)
	product(t, dir, "warehouse", "stock", contract.Transform, nil)
	product(t, dir, "warehouse", "shelves", contract.Guard, nil)
	product(t, dir, "warehouse", "watch", contract.Observe, nil)
	product(t, dir, "warehouse", "count", contract.Source, nil)
	product(t, dir, "order-desk", "sale", contract.Transform, sale())
	product(t, dir, "order-desk", "till-sales", contract.Source, sale())
	product(t, dir, "order-desk", "visits", contract.Transform, seen(t))
	guarded := sale()
	guarded.Topic = "Legacy_Sales.v2"
	product(t, dir, "order-desk", "clean-sales", contract.Guard, guarded)
	for _, args := range [][]string{{"build", "./..."}, {"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
		if args[0] == "build" {
			cmd.Args = append(cmd.Args[:2], "-o", filepath.Join(dir, "bin")+"/", "./cmd/...")
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	report, err := check.Tree(t.Context(), os.DirFS(filepath.Join(dir, "contracts")), nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Severity != contract.SeverityNote {
			t.Error(f)
		}
	}
}

// Nothing is written when a file is in the way, and the error names it.
func TestNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	o := scaffold.ProductOptions{Root: dir, Domain: "warehouse", Name: "stock", Mode: contract.Guard, Description: description, Owner: owner, Now: now}
	mine := filepath.Join(dir, "contracts", "warehouse", "stock", "samples", "bad")
	if err := os.MkdirAll(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := scaffold.Product(o)
	if err != nil {
		t.Fatal(err)
	}
	last := p.Files[len(p.Files)-1].Path
	file := filepath.Join(dir, filepath.FromSlash(last))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	exists, ok := errors.AsType[*scaffold.ExistsError](p.Apply())
	if !ok || len(exists.Paths) != 1 || exists.Paths[0] != last {
		t.Fatalf("got %v, want %s", exists, last)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("the file in the way is now %q (%v)", text, err)
	}
	for _, f := range p.Files {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Path))); err == nil && f.Path != last {
			t.Errorf("%s was written", f.Path)
		}
	}
}

// What cannot be is refused before anything is planned.
func TestRefused(t *testing.T) {
	good := scaffold.ProductOptions{Root: t.TempDir(), Domain: "warehouse", Name: "stock", Mode: contract.Guard, Description: description, Owner: owner, Now: now}
	for want, change := range map[string]func(o *scaffold.ProductOptions){
		"no name of a domain":       func(o *scaffold.ProductOptions) { o.Domain = "Ware House" },
		"cannot be the name":        func(o *scaffold.ProductOptions) { o.Domain = "func" },
		"no name of a data product": func(o *scaffold.ProductOptions) { o.Name = "../stock" },
		"no mode":                   func(o *scaffold.ProductOptions) { o.Mode = "mirror" },
		"says too little":           func(o *scaffold.ProductOptions) { o.Description = "stock" },
		"is no contact":             func(o *scaffold.ProductOptions) { o.Contact = "#stock" },
		"the schema":                func(o *scaffold.ProductOptions) { o.Input = &scaffold.Input{Topic: "t", Schema: []byte("{")} },
		"no record but":             func(o *scaffold.ProductOptions) { o.Input = &scaffold.Input{Topic: "t", Schema: []byte(`"string"`)} },
	} {
		o := good
		change(&o)
		if _, err := scaffold.Product(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := scaffold.Domain(scaffold.DomainOptions{Root: good.Root, Name: "orders", Owner: owner}); err == nil || !strings.Contains(err.Error(), "tidemark init mesh") {
		t.Errorf("a domain outside of a mesh: %v", err)
	}
}
