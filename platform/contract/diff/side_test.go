package diff

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

const (
	odcs = "shop/orders/orders.v1.odcs.yaml"
	odps = "shop/orders/product.odps.yaml"
)

func parse(t testing.TB, files map[string][]byte) *Side {
	t.Helper()
	side, findings := Parse(files, "")
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return side
}

// TestUnreadable: what cannot be read is neither gone nor new.
func TestUnreadable(t *testing.T) {
	good, broken := baseTree(t), baseTree(t)
	broken[odcs] = []byte("kind: [")
	broken[odps] = append(broken[odps], "unknown: key\n"...)
	side, findings := Parse(broken, "git:main:")
	if len(side.Contracts)+len(side.DataProducts) != 0 || len(findings) < 2 || !strings.HasPrefix(findings[0].File, "git:main:shop/") {
		t.Error(side, findings)
	}
	if r := Compare(side, parse(t, good), Options{Now: now}); len(r.Pairs) > 0 {
		t.Errorf("%+v", r.Pairs)
	}
	if r := Compare(parse(t, good), side, Options{Now: now}); len(r.Pairs) > 0 {
		t.Errorf("%+v", r.Pairs)
	}
}

// TestParseByKind: a file that somebody names is read for what it is, whatever it is called.
func TestParseByKind(t *testing.T) {
	base := baseTree(t)
	side := parse(t, map[string][]byte{"old.yaml": base[odcs], "old.avsc": base["shop/orders/orders.v1.avsc"], "product.yml": base[odps]})
	if len(side.Contracts) != 1 || side.Contracts[0].Schema() == nil || len(side.DataProducts) != 1 {
		t.Errorf("%+v", side)
	}
	if !side.Domains()["shop"] || len(side.Domains()) != 1 {
		t.Error(side.Domains())
	}
	none, all := side.In(map[string]bool{"other": true}), side.In(side.Domains())
	if len(none.Contracts)+len(none.DataProducts) != 0 || len(all.Contracts) != 1 || len(all.DataProducts) != 1 {
		t.Error(none, all)
	}
}

// TestLike: of a tree, what one file can be compared with.
func TestLike(t *testing.T) {
	base := baseTree(t)
	refunds := strings.NewReplacer("orders:orders:1", "orders:refunds:1", "orders.orders.v1", "orders.refunds.v1").Replace(string(base[odcs]))
	files := maps.Clone(base)
	files["shop/orders/refunds.v1.odcs.yaml"] = []byte(refunds)
	tree := parse(t, files)
	for name, c := range map[string]struct{ file, text, want string }{
		"the id":           {"a.odcs.yaml", refunds, "urn:datamesh:shop:orders:refunds:1"},
		"the topic":        {"a.odcs.yaml", strings.Replace(refunds, "orders:refunds:1", "orders:returns:1", 1), "urn:datamesh:shop:orders:refunds:1"},
		"the file":         {"refunds.v1.odcs.yaml", strings.ReplaceAll(strings.Replace(refunds, "orders:refunds:1", "orders:returns:1", 1), "orders.refunds.v1", "orders.returns.v1"), "urn:datamesh:shop:orders:refunds:1"},
		"nothing":          {"a.odcs.yaml", strings.NewReplacer("refunds", "returns").Replace(refunds), ""},
		"the data product": {"product.yaml", string(base[odps]), "shop.orders"},
	} {
		like := tree.Like(parse(t, map[string][]byte{c.file: []byte(c.text)}))
		var got []string
		for _, d := range like.Contracts {
			got = append(got, d.ID)
		}
		for _, p := range like.DataProducts {
			got = append(got, p.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFiles(t *testing.T) {
	tree := fstest.MapFS{".git/x.odcs.yaml": {}, "a/b.odcs.yaml": {}, "a/b.avsc": {}, "a/readme.md": {}, "a/product.odps.yaml": {}}
	files, err := Files(tree)
	if got := slices.Sorted(maps.Keys(files)); err != nil || !slices.Equal(got, []string{"a/b.avsc", "a/b.odcs.yaml", "a/product.odps.yaml"}) {
		t.Error(got, err)
	}
}

// TestTwoFiles: two contracts that somebody holds against each other are a pair, whatever their ids are.
func TestTwoFiles(t *testing.T) {
	base := baseTree(t)
	next := []byte(strings.NewReplacer("orders:orders:1", "orders:orders:2", "orders.orders.v1", "orders.orders.v2").Replace(string(base[odcs])))
	r := Compare(parse(t, map[string][]byte{"a.odcs.yaml": base[odcs]}), parse(t, map[string][]byte{"b.odcs.yaml": next}), Options{})
	if len(r.Pairs) != 0 { // the next major version, and nothing else
		t.Errorf("%+v", r.Pairs)
	}
	other := []byte(strings.Replace(string(base[odcs]), "urn:datamesh:shop:orders:orders:1", "legacy", 1))
	r = Compare(parse(t, map[string][]byte{"a.odcs.yaml": base[odcs]}), parse(t, map[string][]byte{"b.odcs.yaml": other}), Options{})
	if len(r.Pairs) != 1 || r.Pairs[0].Changes[0].Rule != "contract.id" || r.Obeys {
		t.Errorf("%+v", r.Pairs)
	}
}

// TestObjects: a contract that is no port's may have several objects.
func TestObjects(t *testing.T) {
	base := string(baseTree(t)[odcs])
	two := strings.Replace(base, "price:\n", "  - name: Refund\n    properties:\n      - name: orderId\n        logicalType: string\nprice:\n", 1)
	one, more := parse(t, map[string][]byte{odcs: []byte(base)}), parse(t, map[string][]byte{odcs: []byte(two)})
	for rule, sides := range map[string][2]*Side{"field.added": {one, more}, "field.removed": {more, one}} {
		r := Compare(sides[0], sides[1], Options{})
		if len(r.Pairs) != 1 || len(r.Pairs[0].Changes) != 2 || !slices.ContainsFunc(r.Pairs[0].Changes, func(c Change) bool { return c.Rule == rule }) {
			t.Errorf("%s: %+v", rule, r.Pairs)
		}
	}
}

// TestRulesSayWhatToDo: whoever is refused is told what to do instead, and why.
func TestRulesSayWhatToDo(t *testing.T) {
	for _, r := range Rules() {
		if r.Class == Breaking && (len(r.Steps) == 0 || len(r.Breaks) == 0 || r.Needs != Major) {
			t.Errorf("%s breaks %v, needs %s and has %d steps", r.ID, r.Breaks, r.Needs, len(r.Steps))
		}
		if r.Meaning == "" || r.Why == "" || r.Class == Safe && len(r.Breaks) > 0 || r.Notice && r.Class != Breaking {
			t.Errorf("%+v", r)
		}
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]string{"1.2.3": "1.2.3", "v1.2.3": "1.2.3", "1.2": "1.2.0", "1.2.3-rc.1+b": "1.2.3", "1": "", "one": "", "1.2.3.4": "", "": "", "1.-2.0": ""} {
		if v, ok := parseVersion(text); ok != (want != "") || ok && v.String() != want {
			t.Errorf("%q: %v %v", text, v, ok)
		}
	}
	for pair, want := range map[[2]version]Bump{
		{{1, 2, 3}, {1, 2, 3}}: None, {{1, 2, 3}, {1, 2, 4}}: Patch, {{1, 2, 3}, {1, 3, 0}}: Minor, {{1, 2, 3}, {2, 0, 0}}: Major, {{2, 0, 0}, {1, 9, 9}}: None,
	} {
		if got := pair[0].to(pair[1]); got != want {
			t.Errorf("%v: %v", pair, got)
		}
	}
}

// BenchmarkCompare compares two contracts of 200 fields, half of which changed; the aim is 50 ms, reading included.
func BenchmarkCompare(b *testing.B) {
	large := func(most int) map[string][]byte {
		var properties, fields strings.Builder
		for i := range 200 {
			length := 100
			if i%2 == 0 {
				length = most
			}
			fmt.Fprintf(&properties, "      - name: text%d\n        logicalType: string\n        physicalType: string\n        description: A text.\n        logicalTypeOptions:\n          minLength: 1\n          maxLength: %d\n", i, length)
			fmt.Fprintf(&fields, `{"name": "text%d", "type": ["null", "string"], "default": null},`, i)
		}
		files := baseTree(b)
		files[odcs] = []byte(strings.Replace(string(files[odcs]), "      - name: orderId\n", properties.String()+"      - name: orderId\n", 1))
		avsc := "shop/orders/orders.v1.avsc"
		files[avsc] = []byte(strings.Replace(string(files[avsc]), `{"name": "orderId"`, fields.String()+`{"name": "orderId"`, 1))
		return files
	}
	old, changed := large(100), large(200)
	b.Run("with reading", func(b *testing.B) {
		for b.Loop() {
			if r := Compare(parse(b, old), parse(b, changed), Options{Now: now}); len(r.Pairs) != 1 || len(r.Pairs[0].Changes) != 100 {
				b.Fatal(len(r.Pairs))
			}
		}
	})
	b.Run("alone", func(b *testing.B) {
		before, after := parse(b, old), parse(b, changed)
		for b.Loop() {
			Compare(before, after, Options{Now: now})
		}
	})
}

// TestTwins: a second contract of the same id hides no change of the first.
func TestTwins(t *testing.T) {
	base := baseTree(t)
	changed := maps.Clone(base)
	changed["shop/orders/a.odcs.yaml"] = base[odcs]
	changed[odcs] = []byte(strings.Replace(string(base[odcs]), "maxLength: 200", "maxLength: 300", 1))
	r := Compare(parse(t, base), parse(t, changed), Options{})
	if len(r.Pairs) != 1 || len(r.Pairs[0].Changes) != 1 || r.Pairs[0].Changes[0].Rule != "rule.loosened" || r.Verdict != Refused {
		t.Errorf("%+v", r.Pairs)
	}
}

// TestPropertiesAreCompared: each property of ours that is said otherwise is more than prose.
func TestPropertiesAreCompared(t *testing.T) {
	others := map[string]string{
		"tidemark.mode": "guard", "tidemark.instances": "3", "tidemark.filters": "[other]", "tidemark.delivery": "at-least-once",
		"tidemark.breaker": "{ratio: 0.5}", "tidemark.key": "status", "tidemark.eventTime": "", "tidemark.lateness": "P1D",
		"tidemark.partitions": "12", "tidemark.slaTier": "critical", "tidemark.replicas": "5", "tidemark.compatibility": "NONE",
		"tidemark.compacted": "true", "tidemark.verdict": "required", "tidemark.uniquenessWindow": "P1D", "tidemark.qualityWindow": "P1D",
	}
	for _, p := range contract.Properties() {
		other, ok := others[p.Name]
		if !ok {
			t.Errorf("no case changes %s", p.Name)
			continue
		}
		file := odcs
		if p.In == "ODPS" {
			file = odps
		}
		base := baseTree(t)
		said := regexp.QuoteMeta(p.Name)
		if p.Name == "tidemark.eventTime" {
			said += "|tidemark.lateness" // which needs it
		}
		text := regexp.MustCompile(`(?m)^  - property: (?:`+said+`)\n    value: .+\n?`).ReplaceAllString(string(base[file]), "")
		if other != "" {
			text = strings.Replace(text, "customProperties:\n", "customProperties:\n  - property: "+p.Name+"\n    value: "+other+"\n", 1)
		}
		changed := maps.Clone(base)
		changed[file] = []byte(text)
		r := Compare(parse(t, base), parse(t, changed), Options{Now: now})
		if len(r.Pairs) != 1 || !slices.ContainsFunc(r.Pairs[0].Changes, func(c Change) bool { return c.Rule != "doc.changed" && strings.Contains(c.Reason, p.Name) }) {
			t.Errorf("%s: %+v", p.Name, r.Pairs)
		}
	}
}
