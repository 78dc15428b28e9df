package contract

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEveryRuleHasACase wants each rule's id in a golden file, so that what it says is read by somebody.
func TestEveryRuleHasACase(t *testing.T) {
	var golden strings.Builder
	files, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range files {
		golden.Write(readFile(t, file))
	}
	for _, source := range []string{"rule.go", "strict/fault.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ids := 0
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(v.Names[0].Name, "Rule") {
				return true
			}
			ids++
			id, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if !strings.Contains(golden.String(), " "+id+": ") {
				t.Errorf("%s: %s has no case in testdata", source, id)
			}
			return true
		})
		if ids < 5 {
			t.Errorf("%s: only %d rules found", source, ids)
		}
	}
}

// TestPropertiesAreDocumented holds the table against its readers: what it says of a default is true.
func TestPropertiesAreDocumented(t *testing.T) {
	s := defaultSettings()
	defaults := map[string]string{
		"tidemark.instances": strconv.Itoa(s.instances), "tidemark.slaTier": string(s.tier),
		"tidemark.delivery": string(s.delivery), "tidemark.compacted": strconv.FormatBool(s.compacted),
	}
	for _, p := range Properties() {
		if !strings.HasPrefix(p.Name, propertyPrefix) || p.Type == "" || p.Meaning == "" || p.read == nil {
			t.Errorf("%+v", p)
		}
		if want, ok := defaults[p.Name]; ok && p.Default != want {
			t.Errorf("%s: the default is %s, the table says %s", p.Name, want, p.Default)
		}
	}
}

func TestFindingText(t *testing.T) {
	f := Finding{Rule: RuleSLA, Severity: SeverityWarning, File: "a.odcs.yaml", Line: 3, Column: 7, Path: "slaProperties[0]", Message: "why"}
	if got := f.String(); got != "a.odcs.yaml:3:7: warning odcs.sla: slaProperties[0]: why" {
		t.Error(got)
	}
	if got := (Finding{Rule: RuleFile, File: "a", Message: "why"}).String(); got != "a:1:1: error tree.file: why" {
		t.Error(got)
	}
	sorted := SortFindings([]Finding{{File: "b"}, {File: "a", Line: 2}, {File: "a", Line: 1, Column: 9}, {File: "a", Line: 1}, {File: "b"}})
	if len(sorted) != 4 || sorted[0].Column != 0 || sorted[3].File != "b" {
		t.Error(sorted)
	}
}

func TestMajor(t *testing.T) {
	for version, want := range map[string]int{"1.0.0": 1, "v2.1.0": 2, "0.3.0": 0, "10.0": 10, "1": -1, "": -1, "1.": -1, "01.0.0": -1, "x.1": -1, "-1.0": -1, "99999999999.0.0": -1} {
		if got := major(version); got != want {
			t.Errorf("%q: %d, want %d", version, got, want)
		}
	}
}
