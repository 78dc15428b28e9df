package format_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format"
)

func tree(t *testing.T) *contract.Set {
	t.Helper()
	set, findings := contract.Load(os.DirFS("../../contracts"))
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	return set
}

// Everything that is declared can be written in every format, whole and port by port.
func TestEveryExportOfEverything(t *testing.T) {
	set := tree(t)
	var names []string
	for _, p := range set.DataProducts() {
		names = append(names, p.ID)
		for _, port := range p.OutputPorts {
			names = append(names, port.ContractID)
			c, ok := set.Contract(port.ContractID)
			if !ok {
				continue
			}
			if s, err := format.Find(set, c.Topic()); err != nil || s.Contracts[0] != c {
				t.Errorf("%s is not found by its topic: %v", c.ID, err)
			}
		}
	}
	for _, name := range names {
		subject, err := format.Find(set, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range format.Exporters() {
			out, err := format.Export(f, subject, format.Options{Time: time.Unix(0, 0).UTC()})
			if err != nil {
				t.Errorf("%s as %s: %v", name, f, err)
				continue
			}
			again, _ := format.Export(f, subject, format.Options{Time: time.Unix(0, 0).UTC()})
			for i, file := range out.Files {
				if len(file.Text) == 0 || string(file.Text) != string(again.Files[i].Text) {
					t.Errorf("%s as %s: %s is empty or another each time", name, f, file.Path)
				}
			}
			if contract.HasErrors(out.Findings) {
				t.Errorf("%s as %s: %v", name, f, out.Findings)
			}
			if len(subject.Contracts) == 1 && len(out.Files) != 1 {
				t.Errorf("%s as %s: %d files", name, f, len(out.Files))
			}
		}
	}
	if _, err := format.Find(set, "no.such"); err == nil {
		t.Error("what is not there was found")
	}
	if _, err := format.Export("parquet", format.Subject{Set: set}, format.Options{}); err == nil || !strings.Contains(err.Error(), "asyncapi") {
		t.Errorf("an unknown format: %v", err)
	}
}

// What is exported can be imported, and what comes of it are files that Tidemark reads.
func TestImportsOfExports(t *testing.T) {
	set := tree(t)
	for _, c := range set.Contracts() {
		for _, f := range []string{"dcs", "asyncapi", "avro"} {
			subject, err := format.Find(set, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			out, err := format.Export(f, subject, format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			draft, findings, err := format.Import(f, out.Files[0].Path, out.Files[0].Text)
			if err != nil || contract.HasErrors(findings) || len(draft.Contracts) == 0 {
				t.Errorf("%s from %s: %d contracts, %v, %v", c.ID, f, len(draft.Contracts), findings, err)
				continue
			}
			files, lost := draft.Files()
			if contract.HasErrors(lost) {
				t.Errorf("%s from %s: %v", c.ID, f, lost)
			}
			for _, file := range files {
				if strings.HasSuffix(file.Path, ".odcs.yaml") {
					if _, findings := contract.ParseContract(file.Path, file.Text); contract.HasErrors(findings) {
						t.Errorf("%s from %s: %v\n%s", c.ID, f, findings, file.Text)
					}
				}
			}
		}
	}
}

// An imported schema that is given a port is a port's contract like any other.
func TestAnAvroSchemaBecomesAPort(t *testing.T) {
	schema := `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"note","type":["null","string"],"default":null}]}`
	draft, findings, err := format.Import("avro", "order.avsc", []byte(schema))
	if err != nil || contract.HasErrors(findings) {
		t.Fatal(findings, err)
	}
	if err := draft.At("shop.checkout.orders"); err != nil {
		t.Fatal(err)
	}
	files, _ := draft.Files()
	fsys := fstest.MapFS{"shop/checkout/product.odps.yaml": {Data: []byte(`apiVersion: v1.0.0
kind: DataProduct
id: shop.checkout
name: Checkout
version: 1.0.0
status: active
domain: shop
team: {name: shop-team}
outputPorts:
  - {name: orders, version: 1.0.0, contractId: "urn:datamesh:shop:checkout:orders:1"}
customProperties:
  - {property: tidemark.mode, value: source}
`)}}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
		fsys[f.Path] = &fstest.MapFile{Data: f.Text}
	}
	if want := []string{"shop/checkout/orders.v1.odcs.yaml", "shop/checkout/orders.v1.avsc"}; !slices.Equal(paths, want) {
		t.Errorf("files are %v", paths)
	}
	set, findings := contract.Load(fsys)
	if contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	if c, ok := set.Contract("urn:datamesh:shop:checkout:orders:1"); !ok || c.Schema() == nil || c.Topic() != "shop.checkout.orders.v1" {
		t.Error("the contract is not bound to its schema")
	}
	for _, bad := range []string{"", "a.b", "a.b.c.d", "..", "a..c"} {
		if err := draft.At(bad); err == nil {
			t.Errorf("%q is taken for a port", bad)
		}
	}
}

func TestBrokenDocumentsEndInFindings(t *testing.T) {
	for _, f := range format.Importers() {
		for _, text := range []string{"", "{", "[]", "a: [", "kind: x", strings.Repeat("[", 100_000), "\x00"} {
			draft, findings, err := format.Import(f, "file", []byte(text))
			if err != nil || !contract.HasErrors(findings) || len(draft.Contracts) != 0 {
				t.Errorf("%s of %.10q: %v, %v, %v", f, text, draft, findings, err)
			}
		}
	}
}
