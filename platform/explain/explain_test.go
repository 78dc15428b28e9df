package explain

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
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
		if e.Name == "" || !strings.HasSuffix(e.Meaning, ".") || e.Does == "" || strings.HasSuffix(e.Example, ": ") || e.Example == "" || len(e.Steps) > 0 && e.Kind != Change {
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
		"../contract/rule.go": Finding, "../contract/strict/fault.go": Finding, "../check/samples.go": Finding, "../check/against.go": Finding, "../fault/reason.go": Reason,
		"../policy/rule.go": Finding, "../provision/remarks.go": Finding, "../format/import.go": Finding, "../format/dcs/dcs.go": Finding,
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
		"slaProperties[].freshness":      {"SLA property freshness"},
		"quality[].rowCount":             {"quality metric rowCount"},
		"cel":                            {"kind of quality rule cel"},
		"sql":                            {"kind of quality rule sql"},
		"Minutes":                        {"unit min"},
		"%":                              {"unit percent"},
		"drift.missing":                  {"rule of a finding drift.missing"},
		"provision.wide-acl":             {"rule of a finding provision.wide-acl"},
		"degraded":                       {"state of an instance, data product or port degraded", "health of a port degraded"},
		"tripped":                        {"state of an instance, data product or port tripped", "health of a port tripped"},
		"active":                         {"status of a contract or data product active"},
		"refused":                        {"word of a verdict refused"},
		"confidential":                   {"value confidential"},
		"full_transitive":                {"value FULL_TRANSITIVE"},
		"tidemark.schema-id":             {"record header tidemark.schema-id"},
		"replayed-before":                {"word of a verdict replayed-before"},
		"lines[].quantity.minimum":       {"ODCS field logicalTypeOptions.minimum"},
		"orderId.unique.unchecked":       {"ODCS field properties[].unique"},
		"email.noneOf":                   {"ODCS field quality[].arguments.missingValues"},
		"channel.enum":                   {"ODCS field properties[].enum", "ODCS field quality[].arguments.validValues"},
		"":                               nil,
		"outputPorts[].sbom[].url":       {"ODPS field outputPorts[].sbom[].url"},
		"team.members.username":          {"ODCS field team.members[].username"},
		"quality[].mustBeLessOrEqualTo ": {"ODCS field quality[].mustBeLessOrEqualTo"},
	} {
		if got := names(Find(name)); !slices.Equal(got, want) {
			t.Errorf("%q: got %v", name, got)
		}
	}
	for name, want := range map[string]string{"requird": "properties[].required", "tidemark.keys": "tidemark.key", "rule.broke": "rule.broken", "removed": "contract.removed", "slaProperties.freshnes": "freshness", "ccel": "cel", "minuts": "min", "promise-kept": "format.dcs.promise", "drift.mising": "drift.missing"} {
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
	for _, m := range regexp.MustCompile(`\t\t"(\w+)": +\{(?:duration|share|instant|unjudged|\})`).FindAllStringSubmatch(string(source), -1) {
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

// TestWordsAreExplained: every word by which the program tells of a state, a verdict, a header or a choice has an entry. They
// are read out of the source, so that a new one is missed.
func TestWordsAreExplained(t *testing.T) {
	for _, c := range []struct {
		file, pattern string
		kind          Kind
		least         int
	}{
		{"../lifecycle/state.go", `\t\w+ State = "(.+)"`, State, 13},
		{"../mesh/health.go", `Status\w+ Status = "(.+)"`, Health, 9},
		{"../event/topics.go", `\t(?:Allowed|Denied|Unjudged) += "(.+?)"`, Verdict, 3},
		{"../event/headers.go", `"(tidemark\..+?)"`, Header, 11},
		{"../deadletter/fate.go", `Fate\w+ +Fate = "(.+)"`, Verdict, 3},
		{"../dataproduct/process.go", `filter\w+ += "(.+)"`, Verdict, 2},
		{"../contract/diff/class.go", `(?:Breaking|Risky|Safe) +Class = "(.+?)"`, Verdict, 3},
		{"../contract/diff/verdict.go", `\w+ Verdict = "(.+)"`, Verdict, 3},
		{"../contract/finding.go", `return "(\w+)"`, Verdict, 3},
		{"../contract/property.go", `\w+ +(?:Mode|Delivery) += "(.+?)"`, ValueOf, 6},
		{"../contract/tier.go", `\w+ +TierName = "(.+)"`, ValueOf, 3},
		{"../avro/level.go", `\w+ +Level = "(.+?)"`, ValueOf, 7},
		{"../contract/check.go", `"(proposed|draft|active|deprecated|retired)"`, Status, 5},
		{"../contract/classified.go", `"(public|internal|pii|confidential|restricted|sensitive|secret)"`, ValueOf, 7},
		{"../quality/rule.go", `\w+ +Unit = "(.+?)"`, Unit, 2},
	} {
		source, err := os.ReadFile(filepath.FromSlash(c.file))
		if err != nil {
			t.Error(err)
			continue
		}
		found := regexp.MustCompile(c.pattern).FindAllStringSubmatch(string(source), -1)
		for _, m := range found {
			if !slices.ContainsFunc(Find(m[1]), func(e Entry) bool { return e.Kind == c.kind }) {
				t.Errorf("%s: the %s %s is not explained", c.file, c.kind, m[1])
			}
		}
		if len(found) < c.least {
			t.Errorf("%s has only %d of the words %s", c.file, len(found), c.pattern)
		}
	}
	source, err := os.ReadFile(filepath.Join("..", "contract", "sla.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`time\.\w+|\{("\w+"(?:, "\w+")+)\},`).FindAllStringSubmatch(string(source), -1) {
		for word := range strings.SplitSeq(m[1], ", ") {
			if word = strings.Trim(word, `"`); word != "" && !slices.ContainsFunc(Find(word), func(e Entry) bool { return e.Kind == Unit }) {
				t.Errorf("the unit %s is not explained", word)
			}
		}
	}
}

// TestEveryRuleInTheSourceIsExplained finds rules wherever they are: constants called Rule, and what findings are made with.
func TestEveryRuleInTheSourceIsExplained(t *testing.T) {
	rule := regexp.MustCompile(`\bRule\w*(?: +\w*Rule)? *[:=]+ *"([a-z][a-zA-Z-]*(?:\.[a-zA-Z<>-]+)+)"`)
	seen := 0
	for _, root := range []string{"..", "../../cmd/tidemark"} {
		err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "testdata") {
				return err
			}
			source, err := os.ReadFile(file)
			for _, m := range rule.FindAllStringSubmatch(string(source), -1) {
				seen++
				if len(Find(m[1])) == 0 {
					t.Errorf("%s: the rule %s is not explained", file, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 80 {
		t.Errorf("only %d rules were found", seen)
	}
}

// TestReferenceIsTrue: the page in docs is what these tables say.
func TestReferenceIsTrue(t *testing.T) {
	have, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference.md"))
	if err != nil || !bytes.Equal(have, []byte(Markdown())) {
		t.Errorf("docs/reference.md is not what the tables say: run go generate ./platform/explain (%v)", err)
	}
}
