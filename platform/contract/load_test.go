package contract

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func loadGood(t *testing.T) *Set {
	t.Helper()
	set, findings := Load(goodTree(t))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return set
}

func TestSet(t *testing.T) {
	set := loadGood(t)
	var ids []string
	for _, p := range set.DataProducts() {
		ids = append(ids, p.ID)
	}
	for _, c := range set.Contracts() {
		ids = append(ids, c.ID)
	}
	want := []string{
		"shop.checkout", "shop.order-lines", "shop.price-watch", "shop.prices",
		"urn:datamesh:shop:checkout:placed:1", "urn:datamesh:shop:checkout:prices:1", "urn:datamesh:shop:order-lines:lines:1", "urn:datamesh:shop:prices:prices:1",
	}
	if !slices.Equal(ids, want) {
		t.Error(ids)
	}
	product, port, ok := set.Publisher("urn:datamesh:shop:prices:prices:1")
	if !ok || product.ID != "shop.prices" || port.Name != "prices" {
		t.Error(product, port, ok)
	}
	if _, _, ok := set.Publisher("nobody's"); ok {
		t.Error("somebody publishes what is not there")
	}
	if _, ok := set.DataProduct("shop.nothing"); ok {
		t.Error("a data product that is not there")
	}
}

func TestDerived(t *testing.T) {
	set := loadGood(t)
	c, _ := set.Contract("urn:datamesh:shop:checkout:placed:1")
	for what, ok := range map[string]bool{
		"topic":      c.Topic() == "shop.checkout.placed.v1",
		"major":      c.Major() == 1,
		"key":        slices.Equal(c.Key(), []string{"orderId"}),
		"event time": slices.Equal(c.EventTime(), []string{"placedAt"}),
		"lateness":   c.Lateness() == 7*24*time.Hour,
		"partitions": c.Partitions() == 3,
		"compacted":  !c.Compacted(),
		"delivery":   c.Delivery() == ExactlyOnce,
		"breaker":    c.Breaker() == Breaker{0.9, 1000, 1000},
		"owner":      c.Owner() == "shop-team",
		"freshness":  c.SLA().Freshness == 5*time.Minute && c.SLA().Text("freshness") == "5 minutes" && c.SLA().Text("latency") == "",
		"schema":     c.Schema().Name() == "shop.Placed",
		"digest":     strings.HasPrefix(c.Digest(), "sha256:") && len(c.Digest()) == 71,
		"classified": len(c.Classified()) == 1 && slices.Equal(c.Classified()[0], []string{"email"}),
	} {
		if !ok {
			t.Error("contract:", what)
		}
	}
	p, _ := set.DataProduct("shop.order-lines")
	in, hasIn := p.Input("placed")
	out, hasOut := p.Output("lines")
	_, hasNone := p.Output("placed")
	for what, ok := range map[string]bool{
		"product":   p.Product() == "order-lines",
		"major":     p.Major() == 1,
		"mode":      p.Mode() == Transform,
		"instances": p.Instances() == 1,
		"filters":   slices.Equal(p.Filters(), []string{"test-order"}),
		"owner":     p.Owner() == "shop-team",
		"ports":     hasIn && hasOut && !hasNone && in.ContractID == c.ID && out.Major() == 1,
		"delivery":  p.Delivery() == AtLeastOnce, // from its port's contract
		"digest":    p.Digest() != c.Digest(),
	} {
		if !ok {
			t.Error("data product:", what)
		}
	}
}

func TestSamples(t *testing.T) {
	c, _ := loadGood(t).Contract("urn:datamesh:shop:checkout:prices:1")
	samples := c.Samples()
	if len(samples) != 2 {
		t.Fatal(samples)
	}
	for _, s := range samples {
		switch {
		case s.Good && s.Case == "plain" && s.Reason == "" && strings.HasPrefix(string(s.Value), `{"sku"`):
		case !s.Good && s.Case == "negative" && s.Reason == "rule.broken" && s.Rule == "amount.minimum":
		default:
			t.Errorf("%+v", s)
		}
	}
}

// TestForeignTopic: a contract of a topic that others write has any name, id and place.
func TestForeignTopic(t *testing.T) {
	tree := goodTree(t)
	foreign := tree["shop/checkout/prices.v1.odcs.yaml"].Data
	for old, replacement := range map[string]string{
		"urn:datamesh:shop:checkout:prices:1": "legacy-prices",
		"shop.checkout.prices.v1":             "LEGACY_Prices",
		"domain: shop":                        "domain: mainframe",
	} {
		foreign = []byte(strings.Replace(string(foreign), old, replacement, 1))
	}
	product := strings.Replace(string(tree["shop/price-watch/product.odps.yaml"].Data), "urn:datamesh:shop:checkout:prices:1", "legacy-prices", 1)
	alone := fstest.MapFS{ // as a user has it who points a guard at a topic
		"product.odps.yaml": {Data: []byte(product)},
		"legacy.odcs.yaml":  {Data: foreign},
		"legacy.avsc":       tree["shop/checkout/prices.v1.avsc"],
	}
	set, findings := Load(alone)
	if len(findings) > 0 {
		t.Error(findings)
	}
	if c, ok := set.Contract("legacy-prices"); !ok || c.Topic() != "LEGACY_Prices" {
		t.Error("not loaded")
	}
}

// TestLoadNeverTrustsTheFileSystem: what cannot be read is a finding, and what is endless is not read to its end.
func TestLoadNeverTrustsTheFileSystem(t *testing.T) {
	tree := goodTree(t)
	tree["shop/checkout/huge.v1.odcs.yaml"] = &fstest.MapFile{Data: make([]byte, 64<<20)}
	_, findings := Load(failing{tree, "shop/checkout/placed.v1.avsc"})
	var rules []string
	for _, f := range findings {
		rules = append(rules, f.File+" "+f.Rule)
	}
	for _, want := range []string{"shop/checkout/placed.v1.avsc " + RuleFile, "shop/checkout/huge.v1.odcs.yaml yaml.limit"} {
		if !slices.Contains(rules, want) {
			t.Errorf("%s is missing in %v", want, rules)
		}
	}
	if _, findings := Load(failing{tree, "."}); !HasErrors(findings) {
		t.Error("a tree that cannot be read is no error")
	}
}

type failing struct {
	fs.FS
	file string
}

func (f failing) Open(name string) (fs.File, error) {
	if name == f.file {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("the disk is on fire")}
	}
	return f.FS.Open(name)
}

func TestBind(t *testing.T) {
	tree := goodTree(t)
	c, findings := ParseContract("placed.v1.odcs.yaml", tree["shop/checkout/placed.v1.odcs.yaml"].Data)
	if c == nil {
		t.Fatal(findings)
	}
	if c.Schema() != nil {
		t.Error("a schema from nowhere")
	}
	if findings := c.Bind("placed.v1.avsc", tree["shop/checkout/placed.v1.avsc"].Data); len(findings) > 0 || c.Schema() == nil {
		t.Error(findings)
	}
	c, _ = ParseContract("placed.v1.odcs.yaml", tree["shop/checkout/placed.v1.odcs.yaml"].Data)
	findings = c.Bind("prices.v1.avsc", tree["shop/checkout/prices.v1.avsc"].Data)
	if !HasErrors(findings) || findings[0].Rule != RuleAgree {
		t.Error(findings)
	}
	c, _ = ParseContract("placed.v1.odcs.yaml", tree["shop/checkout/placed.v1.odcs.yaml"].Data)
	if findings = c.Bind("x.avsc", []byte("{")); !HasErrors(findings) || findings[0].File != "x.avsc" || c.Schema() != nil {
		t.Error(findings)
	}
}

// TestRepositoryTree holds this project's own contracts.
func TestRepositoryTree(t *testing.T) {
	set, findings := Load(os.DirFS("../../contracts"))
	for _, f := range findings {
		t.Error("contracts/" + f.String())
	}
	if len(set.DataProducts()) < 10 {
		t.Errorf("only %d data products", len(set.DataProducts()))
	}
	for _, f := range set.NotEnforced() {
		if f.Severity != SeverityNote || f.Rule != RuleNotEnforced || f.Line == 0 {
			t.Errorf("contracts/%s", f)
		}
	}
}

// What is promised of a port and cannot be told while it is published is named with the data product; a guard can.
func TestNotEnforced(t *testing.T) {
	tree := goodTree(t)
	unique := func(file, key string) {
		t.Helper()
		text := string(need(t, tree, file).Data)
		edited := strings.Replace(text, "- name: "+key+"\n", "- name: "+key+"\n        unique: true\n", 1)
		if edited == text {
			t.Fatalf("%s has no property %s", file, key)
		}
		tree[file] = &fstest.MapFile{Data: []byte(edited)}
	}
	unique("shop/checkout/placed.v1.odcs.yaml", "orderId")
	unique("shop/order-lines/lines.v1.odcs.yaml", "lineId")
	file := need(t, tree, "shop/prices/prices.v1.odcs.yaml")
	file.Data = bytes.Replace(file.Data, []byte("value: true"), []byte("value: false"), 1) // not compacted
	unique("shop/prices/prices.v1.odcs.yaml", "sku")
	set, findings := Load(tree)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	var files []string
	for _, f := range set.NotEnforced() {
		if strings.HasSuffix(f.Path, ".contractId") {
			files = append(files, f.File)
		}
	}
	if want := []string{"shop/checkout/product.odps.yaml", "shop/order-lines/product.odps.yaml"}; !slices.Equal(files, want) {
		t.Errorf("%v, want %v:\n%v", files, want, set.NotEnforced())
	}
}
