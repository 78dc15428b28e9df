package explain

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

// TestEntriesAreWhole: a name that says nothing is worse than none.
func TestEntriesAreWhole(t *testing.T) {
	seen := make(map[string]bool)
	for _, e := range All() {
		key := string(e.Kind) + " " + e.Name
		if seen[key] {
			t.Errorf("%s is explained twice", key)
		}
		seen[key] = true
		if e.Name == "" || !strings.HasSuffix(e.Meaning, ".") || e.Does == "" || strings.HasSuffix(e.Example, ": ") || e.Example == "" && e.Kind != Change {
			t.Errorf("not whole: %+v", e)
		}
	}
}

// TestEveryFieldIsExplained reads the keys that package contract knows out of its source.
func TestEveryFieldIsExplained(t *testing.T) {
	key := regexp.MustCompile(`strict\.(?:String|StableID|Word|Int|Flag|Number|Scalar|Any|OneOf|Strings|Values|Objects?|Either|Elsewhere)\("([A-Za-z]+)"`)
	for kind, files := range map[Kind][]string{ODCS: {"odcs*.go", "common.go"}, ODPS: {"odps.go"}} {
		known := 0
		for _, pattern := range files {
			names, err := filepath.Glob(filepath.Join("..", "contract", pattern))
			if err != nil || len(names) == 0 {
				t.Fatal("no source", err)
			}
			for _, name := range names {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range key.FindAllStringSubmatch(string(text), -1) {
					known++
					if !slices.ContainsFunc(Find(m[1]), func(e Entry) bool { return e.Kind == kind }) && m[1] != "id" {
						t.Errorf("%s: the field %s of %s is not explained", name, m[1], kind)
					}
				}
			}
		}
		if known < 20 {
			t.Errorf("only %d fields of %s were found in the source", known, kind)
		}
	}
}

// TestEveryRuleAndReasonIsExplained reads the constants out of the source, and finds none explained that is gone.
func TestEveryRuleAndReasonIsExplained(t *testing.T) {
	want := make(map[Kind][]string)
	for file, kind := range map[string]Kind{
		"../contract/rule.go": Finding, "../contract/strict/fault.go": Finding, "../check/samples.go": Finding, "../fault/reason.go": Reason,
		"../policy/rule.go": Finding, "../format/import.go": Finding, "../format/dcs/dcs.go": Finding,
		"../format/flinksql/export.go":    Finding,
		"../format/confluent/export.go":   Finding,
		"../format/openlineage/export.go": Finding,
		"../format/avsc/properties.go":    Finding,
		"../format/openslo/export.go":     Finding,
		"../format/topic/propose.go":      Finding,
	} {
		want[kind] = append(want[kind], constants(t, file)...)
	}
	for _, p := range contract.Properties() {
		want[Property] = append(want[Property], p.Name)
	}
	for _, r := range diff.Rules() {
		want[Change] = append(want[Change], r.ID)
	}
	have := make(map[Kind][]string)
	for _, e := range All() {
		if !strings.Contains(e.Name, "<") {
			have[e.Kind] = append(have[e.Kind], e.Name)
		}
	}
	for kind, names := range want {
		slices.Sort(names)
		slices.Sort(have[kind])
		if names = slices.Compact(names); !slices.Equal(names, have[kind]) {
			for _, n := range names {
				if !slices.Contains(have[kind], n) {
					t.Errorf("the %s %s is not explained", kind, n)
				}
			}
			for _, n := range have[kind] {
				if !slices.Contains(names, n) {
					t.Errorf("the %s %s is explained and does not exist", kind, n)
				}
			}
		}
	}
}

// constants are the exported texts of a file that have a dot or a dash in them: rule ids and reason codes.
func constants(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, v := range spec.Values {
			lit, ok := v.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || !spec.Names[i].IsExported() {
				continue
			}
			if text, err := strconv.Unquote(lit.Value); err == nil && strings.ContainsAny(text, ".-") {
				names = append(names, text)
			}
		}
		return true
	})
	return names
}

func TestFind(t *testing.T) {
	names := func(entries []Entry) (all []string) {
		for _, e := range entries {
			all = append(all, string(e.Kind)+" "+e.Name)
		}
		return all
	}
	for name, want := range map[string][]string{
		"tidemark.key":                   {"tidemark property tidemark.key"},
		"rule.broken":                    {"reason code rule.broken"},
		"field.removed":                  {"rule of a change field.removed"},
		"id":                             {"ODCS field id", "ODPS field id"},
		"required":                       {"ODCS field properties[].required", "ODCS field logicalTypeOptions.required"},
		"schema[].properties":            {"ODCS field schema[].properties"},
		"servers.HOST":                   {"ODCS field servers[].host"},
		"policy.mesh.owner":              {"rule of a finding policy.<package>"},
		"format.asyncapi.payload":        {"rule of a finding format.asyncapi.<what>"},
		"transform.no-lines":             {"reason code transform.<why>"},
		"policies.time":                  {"rule of a finding policies.time"},
		"nothing-of-the-kind":            nil,
		"":                               nil,
		"outputPorts[].sbom[].url":       {"ODPS field outputPorts[].sbom[].url"},
		"team.members.username":          {"ODCS field team.members[].username"},
		"quality[].mustBeLessOrEqualTo ": {"ODCS field quality[].mustBeLessOrEqualTo"},
	} {
		if got := names(Find(name)); !slices.Equal(got, want) {
			t.Errorf("%q: got %v", name, got)
		}
	}
	for name, want := range map[string]string{"requird": "properties[].required", "tidemark.keys": "tidemark.key", "rule.broke": "rule.broken", "removed": "contract.removed"} {
		if got := Suggest(name); len(got) == 0 || got[0] != want {
			t.Errorf("%q: suggested %v", name, got)
		}
	}
	if got := Suggest(strings.Repeat("x", 1000)); got != nil {
		t.Error(got)
	}
	if Meaning("tree.owner") != "Nobody answers for it." || Meaning("name") != "" || Meaning("policy.mesh.owner") == "" || Meaning("policy.") != "" {
		t.Error("meanings")
	}
}

// TestPromisesAndRulesAreExplained: every word that package contract reads has an entry, whose example is right.
func TestPromisesAndRulesAreExplained(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "contract", "sla.go"))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range regexp.MustCompile(`\t\t"(\w+)": +\{(?:duration|share|instant|\})`).FindAllStringSubmatch(string(source), -1) {
		words = append(words, m[1])
	}
	if len(words) < 15 {
		t.Fatalf("only %v were found in the source", words)
	}
	words = append(words, "nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount",
		"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween")
	for _, word := range words {
		entries := Find(word)
		if len(entries) == 0 {
			t.Errorf("%s is not explained", word)
			continue
		}
		text := "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n"
		if example := entries[len(entries)-1].Example; strings.HasPrefix(example, "quality:") {
			text += "schema:\n- name: Order\n  properties: [{name: orderId}, {name: sku}]\n  " + example + "\n"
		} else {
			text += "schema:\n- {name: Order, properties: [{name: channel}]}\n" + example + "\n"
		}
		if _, findings := contract.ParseContract("a.odcs.yaml", []byte(text)); len(findings) > 0 {
			t.Errorf("%s: %v in\n%s", word, findings, text)
		}
	}
}

// TestReferenceIsTrue: the page in docs is what these tables say.
func TestReferenceIsTrue(t *testing.T) {
	have, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference.md"))
	if err != nil || !bytes.Equal(have, []byte(Markdown())) {
		t.Errorf("docs/reference.md is not what the tables say: run go generate ./platform/explain (%v)", err)
	}
}
