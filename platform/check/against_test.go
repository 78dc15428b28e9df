package check

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

const (
	odcs = "shop/orders/orders.v1.odcs.yaml"
	avsc = "shop/orders/orders.v1.avsc"
	odps = "shop/orders/product.odps.yaml"
)

// edit replaces the first occurrence of a text in a file; with no file left it removes it.
type edit struct{ file, old, new string }

func apply(t *testing.T, files map[string][]byte, edits []edit) map[string][]byte {
	t.Helper()
	files = maps.Clone(files)
	for _, e := range edits {
		if !bytes.Contains(files[e.file], []byte(e.old)) {
			t.Fatalf("%s does not hold %q", e.file, e.old)
		}
		files[e.file] = bytes.Replace(files[e.file], []byte(e.old), []byte(e.new), 1)
	}
	return files
}

// TestAgainst: what of a change is refused, warned of, or passes.
func TestAgainst(t *testing.T) {
	optional := []edit{
		{odcs, "      - name: quantity\n", "      - name: note\n        logicalType: string\n        physicalType: string\n      - name: quantity\n"},
		{avsc, `    {"name": "quantity"`, `    {"name": "note", "type": ["null", "string"], "default": null},` + "\n" + `    {"name": "quantity"`},
	}
	wider := []edit{{odcs, "physicalType: int\n", "physicalType: long\n"}, {avsc, `"quantity", "type": "int"`, `"quantity", "type": "long"`}}
	minor, major := edit{odcs, "\nversion: 1.0.0", "\nversion: 1.1.0"}, edit{odcs, "\nversion: 1.0.0", "\nversion: 2.0.0"}
	fewer := []edit{
		{odcs, "      - name: quantity\n        logicalType: integer\n        physicalType: int\n        required: true\n        logicalTypeOptions:\n          minimum: 1\n          maximum: 1000\n", ""},
		{avsc, `"type": "string"},` + "\n" + `    {"name": "quantity", "type": "int"}`, `"type": "string"}`},
	}
	deprecated := edit{odcs, "status: active", "status: deprecated"}
	ends := func(day string) edit {
		return edit{odcs, "slaProperties:\n", "slaProperties:\n  - property: endOfSupport\n    value: \"" + day + "\"\n    element: Order.quantity\n"}
	}
	tagged := edit{odcs, "- name: quantity\n", "- name: quantity\n        tags: [deprecated]\n"}
	draft := edit{odcs, "status: active", "status: draft"}
	for name, c := range map[string]struct {
		both, old, now []edit
		gone, all      bool
		want           []string
	}{
		"nothing":                       {},
		"safe, version kept":            {now: optional, want: []string{odcs + ":4: warning version.bump: the version is 1.0.0, and what changed since main needs 1.1.0 (minor)"}},
		"safe, version raised":          {now: append(optional, minor)},
		"break":                         {now: wider, want: []string{odcs + ":26: error field.type-widened: quantity is long, was int: producers may stay, but readers with the old schema cannot read new records. Not declared: the version is 1.0.0 and would have to be 2.0.0. Instead: write a new contract"}},
		"break, minor version":          {now: append(wider, minor), want: []string{odcs + ":26: error field.type-widened"}},
		"break, declared":               {now: append(wider, major), want: []string{odcs + ":26: warning field.type-widened: quantity is long, was int: producers may stay, but readers with the old schema cannot read new records. Declared by version 2.0.0"}},
		"break of a draft":              {both: []edit{draft}, now: append(wider, minor)},
		"risky":                         {now: []edit{deprecated, minor}, want: []string{odcs + ":5: warning lifecycle.deprecated"}},
		"removed field":                 {now: append(fewer, major), want: []string{odcs + ":18: error field.removed: quantity is gone; it was not deprecated: consumers that use it fail or read nothing (it was at git:main:" + odcs + ":24:15). Instead: deprecate it first"}},
		"removed field, early":          {old: []edit{tagged, ends("2026-12-24")}, now: append(fewer, major), want: []string{odcs + ":18: error field.removed: quantity is gone; its deprecation runs until 2026-12-24: consumers that use it fail or read nothing (it was at git:main:" + odcs + ":24:15). Instead: keep it until 2026-12-24"}},
		"removed field, in time":        {old: []edit{tagged, ends("2026-11-20")}, now: append(fewer, minor), want: []string{odcs + ":18: warning field.retired: quantity is gone; its deprecation ended on 2026-11-20: who still uses it had notice (it was at git:main:" + odcs + ":24:15)"}},
		"removed with its data product": {all: true, want: []string{odcs + ":1: error contract.removed: urn:datamesh:shop:orders:orders:1 is gone; it was not deprecated: who reads the topic loses it without notice (it was at git:main:" + odcs + ":5:9)", odps + ":1: error product.removed"}},
		"removed contract":              {gone: true, want: []string{odps + ":9: error contract.removed", odps + ":9: error port.removed"}},
		"another id": {now: append([]edit{{odcs, "orders:orders:1", "orders:orders:2"}}, wider...), want: []string{
			odcs + ":3: error contract.id: the id is urn:datamesh:shop:orders:orders:2, was urn:datamesh:shop:orders:orders:1", odcs + ":26: error field.type-widened",
		}},
		"another id, declared": {now: append([]edit{{odcs, "orders:orders:1", "orders:sales:1"}, major}, wider...), want: []string{
			odcs + ":3: warning contract.id", odcs + ":26: warning field.type-widened",
		}},
		"another namespace": {now: []edit{{avsc, `"namespace": "shop"`, `"namespace": "store"`}, minor}, want: []string{odcs + ":13: warning avro.namespace: the namespace of record Order in the Avro schema is store, was shop"}},
		"renamed, at once": {now: []edit{{odcs, "- name: quantity", "- name: units"}, {avsc, `"name": "quantity"`, `"name": "units", "aliases": ["quantity"]`}, major}, want: []string{
			odcs + ":24: error field.renamed: quantity is units now; it was not deprecated: readers with the old schema look for the old name. Instead: deprecate the old name first",
		}},
		"version fell":                {old: []edit{minor}, want: []string{odcs + ":4: error version.backwards: the version fell to 1.0.0; main has 1.1.0"}},
		"version fell, and more":      {old: []edit{minor}, now: optional, want: []string{odcs + ":4: error version.backwards: the version fell to 1.0.0; main has 1.1.0, so that it must be at least 1.2.0"}},
		"a version that is no number": {both: []edit{{odcs, "\nversion: 1.0.0", "\nversion: one"}}, now: optional, want: []string{odcs + ":4: warning version.bump: the version one stayed as in main, though something changed: raise it"}},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := diff.Files(os.DirFS("testdata/shop"))
			if err != nil {
				t.Fatal(err)
			}
			files = apply(t, files, c.both)
			before, after := apply(t, files, c.old), apply(t, files, c.now)
			if c.gone {
				delete(after, odcs)
				after[odps] = bytes.Replace(after[odps], []byte("name: orders\n"), []byte("name: other\n"), 1)
			}
			if c.all {
				clear(after)
			}
			old, _ := diff.Parse(before, "git:main:")
			now, _ := diff.Parse(after, "")
			result := diff.Compare(old, now, diff.Options{Now: time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)})
			findings := Against(result, "main")
			if contract.HasErrors(findings) != (result.Verdict == diff.Refused) {
				t.Errorf("diff says %s", result.Verdict)
			}
			var got []string
			for _, f := range findings {
				if _, exists := after[f.File]; !exists && !c.all {
					t.Errorf("%s is no file of NEW", f.File)
				}
				f.Path = ""
				got = append(got, f.String())
			}
			missing := slices.IndexFunc(c.want, func(want string) bool {
				return !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(dropColumn(line), want) })
			})
			if missing >= 0 || len(c.want) == 0 && len(got) > 0 || len(got) > len(c.want) && !c.gone {
				t.Errorf("got:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// dropColumn makes file:line:column: file:line:.
func dropColumn(line string) string {
	parts := strings.SplitN(line, ":", 4)
	return parts[0] + ":" + parts[1] + ":" + parts[3]
}

// TestChanges: what passes is a note, so that the whole of a change can be shown.
func TestChanges(t *testing.T) {
	files, err := diff.Files(os.DirFS("testdata/shop"))
	if err != nil {
		t.Fatal(err)
	}
	changed := apply(t, files, []edit{{odcs, "maximum: 1000", "maximum: 2000"}, {odcs, "value: 5\n", "value: 3\n"}, {odcs, "Orders look plausible.", "All orders do."}})
	old, _ := diff.Parse(files, "")
	now, _ := diff.Parse(changed, "")
	var got []string
	for _, f := range Changes(diff.Compare(old, now, diff.Options{}), "main") {
		got = append(got, f.Severity.String()+" "+f.Rule)
	}
	if want := []string{"error rule.loosened", "note doc.changed", "warning sla.tightened"}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

// TestUnread: what OLD cannot say is a warning in NEW's file, once.
func TestUnread(t *testing.T) {
	_, faults := diff.Parse(map[string][]byte{odcs: []byte("kind: DataContract\nunknown: 1\nother: 2\n")}, "git:main:contracts/")
	if len(faults) < 2 {
		t.Fatal(faults)
	}
	got := Unread(faults, func(file string) string { return strings.TrimPrefix(file, "git:main:") })
	if len(got) != 1 || got[0].Severity != contract.SeverityWarning || got[0].File != "contracts/"+odcs || !strings.Contains(got[0].Message, "git:main:contracts/"+odcs+":") {
		t.Error(got)
	}
}
