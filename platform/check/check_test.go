package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// shop is a tree with one data product that nothing is wrong with.
func shop(t testing.TB) fstest.MapFS {
	t.Helper()
	tree, dir := fstest.MapFS{}, os.DirFS("testdata/shop")
	err := fs.WalkDir(dir, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, file)
		tree[file] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func now() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

func lines(findings []contract.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.String())
	}
	return all
}

func TestTree(t *testing.T) {
	tree := shop(t)
	r, err := Tree(t.Context(), tree, nil, now())
	want := []string{
		"shop/orders/orders.v1.odcs.yaml:33:15: note not-enforced: schema[0].quality[0].type: not enforced here: a text is for people",
		"shop/orders/orders.v1.odcs.yaml:36:15: note not-enforced: slaProperties[0].property: not enforced here: freshness, since nobody knows when something happened: name the field in tidemark.eventTime",
	}
	if err != nil || !slices.Equal(lines(r.Findings), want) {
		t.Errorf("%v\n%s", err, strings.Join(lines(r.Findings), "\n"))
	}
	if len(r.Files) != 6 {
		t.Error(r.Files)
	}
}

// TestNotEnforced: what is promised and nothing enforces is listed once, also what only the data product shows.
func TestNotEnforced(t *testing.T) {
	tree := shop(t)
	contractFile := tree["shop/orders/orders.v1.odcs.yaml"]
	contractFile.Data = []byte(strings.NewReplacer("- name: orderId\n", "- name: orderId\n        unique: true\n").Replace(string(contractFile.Data)))
	r, err := Tree(t.Context(), tree, nil, now())
	if err != nil {
		t.Fatal(err)
	}
	found := lines(r.Findings)
	if len(found) != 3 || len(slices.Compact(slices.Clone(found))) != 3 ||
		!strings.Contains(found[0], "shop/orders/orders.v1.odcs.yaml") || !strings.Contains(found[0], "a text is for people") ||
		!strings.Contains(found[2], "shop/orders/product.odps.yaml:11:17: note not-enforced: outputPorts[0].contractId: not enforced here: the rule orderId.unique") {
		t.Errorf("found\n%s", strings.Join(found, "\n"))
	}
	// A lone contract may be published by a guard, which can.
	if alone := lines(File("x.odcs.yaml", contractFile.Data, "x.avsc", tree["shop/orders/orders.v1.avsc"].Data, now()).Findings); len(alone) != 2 || !strings.Contains(alone[0], "a text is for people") {
		t.Errorf("alone\n%s", strings.Join(alone, "\n"))
	}
}

// TestSamples: each way in which a sample does not do what it promises.
func TestSamples(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"refused":      {"good/orders.v1.x.json", `{"orderId": "A-1", "quantity": 0}`, "error sample.refused: is in samples/good, and the contract refuses it: rule.broken (quantity.minimum)"},
		"accepted":     {"bad/orders.v1.x.json", `{"reason": "rule.broken", "value": {"orderId": "A-1", "quantity": 1}}`, "error sample.accepted: is in samples/bad, and the contract accepts it: it promises rule.broken"},
		"other rule":   {"bad/orders.v1.x.json", `{"reason": "rule.broken", "rule": "orderId.pattern", "value": {"orderId": "A-1", "quantity": 0}}`, "error sample.reason: promises rule.broken orderId.pattern, and is refused with rule.broken (quantity.minimum)"},
		"other reason": {"bad/orders.v1.x.json", `{"reason": "field.required", "value": {"orderId": "A-1", "quantity": 0}}`, "error sample.reason: promises field.required, and is refused with rule.broken"},
		"no reason":    {"bad/orders.v1.x.json", `{"reason": "feild.required", "value": {"orderId": "A-1", "quantity": 0}}`, `error sample.reason: names the reason "feild.required", which does not exist`},
		"no record":    {"good/orders.v1.x.json", `{"orderId": "A-1", "quantity": "many"}`, "error sample.record: is no record of shop/orders/orders.v1.odcs.yaml's schema"},
		"key's to say": {"bad/orders.v1.x.json", `{"reason": "key.mismatch", "value": {"orderId": "A-1", "quantity": 1}}`, ""},
		"transform's":  {"bad/orders.v1.x.json", `{"reason": "transform.test", "value": {"orderId": "A-1", "quantity": 1}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tree := shop(t)
			file := "shop/orders/samples/" + c.file
			tree[file] = &fstest.MapFile{Data: []byte(c.text)}
			r, err := Tree(t.Context(), tree, nil, now())
			if err != nil {
				t.Fatal(err)
			}
			found := slices.DeleteFunc(lines(r.Findings), func(line string) bool { return strings.Contains(line, "not-enforced") })
			switch {
			case c.want == "" && len(found) > 0, c.want != "" && len(found) != 1:
				t.Errorf("found %v", found)
			case c.want != "" && !strings.HasPrefix(found[0], file+":1:1: "+c.want):
				t.Errorf("found %s", found[0])
			}
		})
	}
}

// TestErrorsHideNothing: a contract with an error of its own has its notes, its place in the tree, and its good samples.
func TestErrorsHideNothing(t *testing.T) {
	tree := shop(t)
	odcs := tree["shop/orders/orders.v1.odcs.yaml"]
	odcs.Data = []byte(strings.NewReplacer("minimum: 1\n", "minimum: one\n", "shop.orders.orders.v1", "shop.orders.order.v1").Replace(string(odcs.Data)))
	good := tree["shop/orders/samples/good/orders.v1.plain.json"]
	good.Data = []byte(strings.Replace(string(good.Data), "A-1", "1", 1))
	r, err := Tree(t.Context(), tree, nil, now())
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s %s", path.Base(f.File), f.Line, f.Rule, f.Path))
	}
	want := []string{
		"orders.v1.odcs.yaml:14 tree.name schema[0].physicalName", "orders.v1.odcs.yaml:29 odcs.options schema[0].properties[1].logicalTypeOptions.minimum",
		"orders.v1.odcs.yaml:33 not-enforced schema[0].quality[0].type", "orders.v1.odcs.yaml:36 not-enforced slaProperties[0].property", "orders.v1.plain.json:0 sample.refused ",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s", err, strings.Join(got, "\n"))
	}
}

// TestOverdue: what was promised until a day is told when the day is over, unless the status says so.
func TestOverdue(t *testing.T) {
	for status, want := range map[string]int{"active": 2, "deprecated": 1, "retired": 0} {
		tree := shop(t)
		odcs := tree["shop/orders/orders.v1.odcs.yaml"]
		odcs.Data = []byte(strings.NewReplacer("status: active", "status: "+status, "slaProperties:\n",
			"slaProperties:\n  - {property: endOfSupport, value: \"2026-10-01\"}\n  - {property: endOfLife, value: \"2026-11-01\"}\n").Replace(string(odcs.Data)))
		for when, want := range map[time.Time]int{now(): want, now().AddDate(-1, 0, 0): 0} {
			r, err := Tree(t.Context(), tree, nil, when)
			found := slices.DeleteFunc(lines(r.Findings), func(line string) bool { return !strings.Contains(line, "warning odcs.sla: slaProperties") })
			if err != nil || len(found) != want {
				t.Errorf("%s at %s: %v %q", status, when, err, found)
			}
		}
	}
}

type policies struct{ err error }

func (p policies) Judge(_ context.Context, set *contract.Set) ([]contract.Finding, error) {
	return []contract.Finding{{Rule: "policy.owner", File: set.Contracts()[0].File, Message: "the owner must be on call"}}, p.err
}

func TestPolicies(t *testing.T) {
	r, err := Tree(t.Context(), shop(t), policies{}, now())
	if err != nil || !slices.ContainsFunc(r.Findings, func(f contract.Finding) bool { return f.Rule == "policy.owner" }) {
		t.Error(err, r.Findings)
	}
	broken := errors.New("no bundle")
	if _, err := Tree(t.Context(), shop(t), policies{broken}, now()); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestFile(t *testing.T) {
	read := func(file string) []byte {
		text, err := os.ReadFile("testdata/shop/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	odcs, odps, avsc := read("shop/orders/orders.v1.odcs.yaml"), read("shop/orders/product.odps.yaml"), read("shop/orders/orders.v1.avsc")
	for name, c := range map[string]struct {
		file         string
		text, schema []byte
		want         []string
	}{
		"contract":               {"x.yaml", odcs, nil, []string{"not-enforced", "not-enforced"}},
		"contract with schema":   {"x.odcs.yaml", odcs, avsc, []string{"not-enforced", "not-enforced"}},
		"contract, wrong schema": {"x.odcs.yaml", odcs, []byte(strings.Replace(string(avsc), `"quantity"`, `"amount"`, 1)), []string{"tree.agree", "not-enforced", "not-enforced", "tree.agree"}},
		"data product":           {"product.yaml", odps, nil, nil},
		"schema":                 {"x.avsc", avsc, nil, nil},
		"no schema":              {"x.avsc", []byte("{"), nil, []string{"tree.schema"}},
		"neither":                {"x.yaml", []byte("a: 1"), nil, []string{"key.missing", "key.missing", "key.missing", "key.missing", "key.missing", "key.unknown"}},
		"empty":                  {"x.yaml", nil, nil, []string{"yaml.syntax"}},
	} {
		t.Run(name, func(t *testing.T) {
			var rules []string
			r := File(c.file, c.text, "x.avsc", c.schema, now())
			for _, f := range r.Findings {
				rules = append(rules, f.Rule)
			}
			slices.Sort(rules)
			slices.Sort(c.want)
			if !slices.Equal(rules, c.want) {
				t.Errorf("found %v", lines(r.Findings))
			}
		})
	}
}

// BenchmarkTree checks 1,000 contracts of 22 fields with three samples each, on disk; the aim is 2 s on 2 cores.
func BenchmarkTree(b *testing.B) {
	var properties, fields strings.Builder
	for i := range 20 {
		fmt.Fprintf(&properties, "      - name: text%d\n        logicalType: string\n        physicalType: string\n        logicalTypeOptions:\n          maxLength: 200\n", i)
		fmt.Fprintf(&fields, `    {"name": "text%d", "type": ["null", "string"], "default": null},`+"\n", i)
	}
	one, folder := shop(b), b.TempDir()
	for i := range 1000 {
		name := fmt.Sprintf("orders%d", i)
		larger := strings.NewReplacer(
			"shop.orders", "shop."+name, "shop:orders:", "shop:"+name+":",
			"      - name: orderId\n", properties.String()+"      - name: orderId\n", `    {"name": "orderId"`, fields.String()+`    {"name": "orderId"`)
		for file, f := range one {
			file = filepath.Join(folder, strings.Replace(file, "shop/orders/", "shop/"+name+"/", 1))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(larger.Replace(string(f.Data))), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		r, err := Tree(b.Context(), os.DirFS(folder), nil, now())
		if err != nil || len(r.Findings) != 2000 {
			b.Fatal(err, len(r.Findings), r.Findings[0])
		}
	}
}
