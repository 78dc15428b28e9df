package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

func TestDiff(t *testing.T) {
	shopFolder(t)
	copyTree(t, "contracts", "next")
	next := strings.Replace(ordersODCS, "contracts/", "next/", 1)
	got := session(t, nil, "diff contracts next")
	edit(t, next, "maximum: 1000", "maximum: 500")
	edit(t, next, "value: 5\n", "value: 3\n")
	edit(t, next, "type: text\n        description: Orders look plausible.", "type: text\n        description: \"Orders look \\e[31mplausible\u202e.\"")
	got += session(t, nil, "diff contracts next", "diff contracts/shop next/shop -o markdown", "diff "+ordersODCS+" "+next+" -o json", "diff "+ordersODCS+" next -o github")
	edit(t, next, "\nversion: 1.0.0", "\nversion: 2.0.0")
	got += session(t, nil, "diff contracts next")
	edit(t, next, "kind: DataContract", "kind: Contract")
	got += session(t, nil, "diff contracts next", "diff contracts", "diff nowhere next", "diff contracts next -o yaml")
	goldentest.Equal(t, "testdata/diff.txt", []byte(got), *update)
}

// TestDiffProposes: for a rename, a changed type and what is gone, the way that breaks nobody.
func TestDiffProposes(t *testing.T) {
	shopFolder(t)
	var b strings.Builder
	tell := func(what string, formats string, edits ...[2]string) {
		t.Helper()
		if err := os.RemoveAll("next"); err != nil {
			t.Fatal(err)
		}
		copyTree(t, "contracts", "next")
		for _, e := range edits {
			for _, file := range []string{ordersODCS, ordersAvro} {
				next := strings.Replace(file, "contracts/", "next/", 1)
				if text, err := os.ReadFile(next); err == nil && strings.Contains(string(text), e[0]) {
					edit(t, next, e[0], e[1])
				}
			}
		}
		fmt.Fprintf(&b, "# %s\n\n", what)
		for format := range strings.FieldsSeq(formats) {
			b.WriteString(session(t, nil, "diff contracts next -o "+format))
		}
	}
	integer := "      - name: quantity\n        logicalType: integer\n        physicalType: int\n        required: true\n        logicalTypeOptions:\n          minimum: 1\n          maximum: 1000\n"
	text := "      - name: quantity\n        logicalType: string\n        physicalType: string\n        required: true\n"
	major := [2]string{"\nversion: 1.0.0", "\nversion: 2.0.0"}
	renamed := [][2]string{{"- name: quantity", "- name: units"}, {`{"name": "quantity"`, `{"name": "units", "aliases": ["quantity"]`}}
	removed := [][2]string{{integer, ""}, {",\n    {\"name\": \"quantity\", \"type\": \"int\"}", ""}}
	tell("A field has another name.", "text json", renamed...)
	tell("A field has another name, and the version says so.", "text", append(renamed, major)...)
	tell("A field has another type.", "text json", [2]string{integer, text}, [2]string{`"type": "int"`, `"type": "string"`})
	tell("A field is gone.", "text json", removed...)
	tell("The contract has another id, and demands more.", "text json", [2]string{"orders:orders:1", "orders:sales:1"}, [2]string{"maximum: 1000", "maximum: 500"})
	if err := os.RemoveAll("next/shop"); err != nil {
		t.Fatal(err)
	}
	b.WriteString("# All is gone.\n\n" + session(t, nil, "diff contracts next"))
	goldentest.Equal(t, "testdata/proposals.txt", []byte(b.String()), *update)
}

// TestDiffLone: a file is compared with what is its own in a tree, also under another id.
func TestDiffLone(t *testing.T) {
	shopFolder(t)
	copyTree(t, "contracts/shop/orders", "alone")
	edit(t, "alone/orders.v1.odcs.yaml", "orders:orders:1", "orders:sales:1")
	edit(t, "alone/orders.v1.odcs.yaml", "maximum: 1000", "maximum: 500")
	for _, line := range [][]string{{"diff", "contracts", "alone/orders.v1.odcs.yaml"}, {"check", "alone/orders.v1.odcs.yaml", "--against", "contracts"}} {
		r := tidemark(t, nil, line...)
		if r.code != exitFindings || !strings.Contains(r.out, "contract.id") || !strings.Contains(r.out, "rule.tightened") || strings.Contains(r.out, "gone") {
			t.Errorf("%v: %d\n%s%s", line, r.code, r.out, r.err)
		}
	}
}

// TestDiffPlatform compares what runs with a folder: only the folder's domain counts.
func TestDiffPlatform(t *testing.T) {
	m := portaltest.Shop()
	url := platform(t, m)["TIDEMARK_PLATFORM"]
	folder := t.TempDir()
	var published string
	for i := range m.ContractList {
		if m.ContractList[i].Document != "" {
			published = m.ContractList[i].Document
			if err := os.WriteFile(filepath.Join(folder, "lines.v1.odcs.yaml"), []byte(published), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "lines.v1.avsc"), []byte(m.ContractList[i].Schema), 0o644); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	file := filepath.Join(folder, "lines.v1.odcs.yaml")
	if r := tidemark(t, nil, "diff", url, file); r.code != exitDone || r.out != "" || !strings.Contains(r.err, "no difference") {
		t.Errorf("got %d %s%s", r.code, r.out, r.err)
	}
	copyTree(t, filepath.Join("..", "..", "contracts", "platform"), filepath.Join(folder, "platform"))
	for _, line := range [][]string{{"diff", url, folder}, {"diff", folder, url}} { // a platform brings its own contracts
		if r := tidemark(t, nil, line...); strings.Contains(r.out, "platform.mesh") {
			t.Errorf("%v: %d %s%s", line, r.code, r.out, r.err)
		}
	}
	edit(t, file, "value: 5\n", "value: 50\n")
	r := tidemark(t, nil, "diff", url, file)
	if r.code != exitFindings || !strings.Contains(r.out, "sla.loosened") || strings.Contains(r.out, "gone") {
		t.Errorf("got %d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "check", file, "--against", url); r.code != exitFindings || !strings.Contains(r.out, "sla.loosened") {
		t.Errorf("got %d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "diff", "nowhere", file); r.code != exitUsage || !strings.Contains(r.err, "there is no file or folder nowhere") {
		t.Errorf("got %d %s", r.code, r.err)
	}
	if r := tidemark(t, nil, "diff", "http://127.0.0.1:1", file); r.code != exitFailed || !strings.Contains(r.err, "tidemark demo") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}

// TestDiffAndGateAgree: "diff" refuses what "check --against" refuses, and nothing else.
func TestDiffAndGateAgree(t *testing.T) {
	major, minor := [2]string{"\nversion: 1.0.0", "\nversion: 2.0.0"}, [2]string{"\nversion: 1.0.0", "\nversion: 1.1.0"}
	for name, c := range map[string]struct {
		old, now []([2]string)
		refused  bool
		verdict  string
	}{
		"nothing":                    {verdict: "no difference"},
		"safe, version kept":         {now: [][2]string{{"status: active", "status: active\nname: Orders"}}, verdict: "nothing is refused; 1 version should rise"},
		"safe, version raised":       {now: [][2]string{{"status: active", "status: active\nname: Orders"}, minor}, verdict: "nothing is refused, and the versions say what changed"},
		"a break":                    {now: [][2]string{{"maximum: 1000", "maximum: 500"}}, refused: true, verdict: "1 document is refused"},
		"a break, declared":          {now: [][2]string{{"maximum: 1000", "maximum: 500"}, major}, verdict: "in order, it needs a major version"},
		"retired, declared":          {now: [][2]string{{"status: active", "status: retired"}, major}, refused: true, verdict: "no version declares contract.removed, but only the end of a deprecation"},
		"retired, being deprecated":  {old: [][2]string{{"status: active", "status: deprecated"}, {"slaProperties:\n", "slaProperties:\n  - {property: endOfSupport, value: \"2999-12-31\"}\n"}}, now: [][2]string{{"status: deprecated", "status: retired"}, major}, refused: true, verdict: "1. keep it until 2999-12-31, when its deprecation is over, and do this then"},
		"retired, deprecation ended": {old: [][2]string{{"status: active", "status: deprecated"}, {"slaProperties:\n", "slaProperties:\n  - {property: endOfSupport, value: \"2020-12-31\"}\n"}}, now: [][2]string{{"status: deprecated", "status: retired"}}, verdict: "its deprecation ended on 2020-12-31"},
		"the version fell":           {now: [][2]string{{"\nversion: 1.0.0", "\nversion: 0.9.0"}}, refused: true, verdict: "the version fell"},
	} {
		t.Run(name, func(t *testing.T) {
			shopFolder(t)
			for _, e := range c.old {
				edit(t, ordersODCS, e[0], e[1])
			}
			copyTree(t, "contracts", "old")
			for _, e := range c.now {
				if text, err := os.ReadFile(ordersODCS); err == nil && strings.Contains(string(text), e[0]) {
					edit(t, ordersODCS, e[0], e[1])
				}
			}
			diff, gate := tidemark(t, nil, "diff", "old", "contracts"), tidemark(t, nil, "check", "--against", "old", "--no-policies")
			own := tidemark(t, nil, "check", "--no-policies") // what the tree itself breaks is not about the change
			if diff.code == exitFindings != c.refused || gate.code == exitFindings != (c.refused || own.code == exitFindings) || !strings.Contains(diff.out+diff.err, c.verdict) {
				t.Errorf("diff %d, check %d\n%s%s\n%s%s", diff.code, gate.code, diff.out, diff.err, gate.out, gate.err)
			}
		})
	}
}

// TestWhereItWas: what is gone is shown in a file that is there, where tools can annotate it, and says where it was.
func TestWhereItWas(t *testing.T) {
	shopFolder(t)
	repository(t)
	edit(t, ordersODCS, "      - name: quantity\n        logicalType: integer\n        physicalType: int\n        required: true\n        logicalTypeOptions:\n          minimum: 1\n          maximum: 1000\n", "")
	edit(t, ordersAvro, ",\n    {\"name\": \"quantity\", \"type\": \"int\"}", "")
	for format, want := range map[string][]string{
		"text":     {ordersODCS + ":18:7: error field.removed", "it was at git:main:" + ordersODCS + ":24:15"},
		"json":     {`"line": 18`, "it was at git:main:" + ordersODCS + ":24:15"},
		"github":   {"::error file=" + ordersODCS + ",line=18,col=7,title=field.removed"},
		"sarif":    {`"uri": "` + ordersODCS + `"`, `"startLine": 18`},
		"junit":    {`file="` + ordersODCS + `"`, ordersODCS + ":18:7: error field.removed"},
		"markdown": {ordersODCS + ":18:7"},
	} {
		for _, line := range [][]string{{"check", "--against", "git:main"}, {"diff", "git:main", "contracts"}} {
			if line[0] == "diff" && (format == "text" || format == "json") {
				continue // they have both places
			}
			r := tidemark(t, nil, append(line, "-o", format)...)
			for _, text := range want {
				if r.code != exitFindings || !strings.Contains(r.out, text) || strings.Contains(r.out, "file=git") {
					t.Errorf("%s -o %s has no %s:\n%s", line[0], format, text, r.out)
				}
			}
		}
	}
	if r := tidemark(t, nil, "diff", "git:main", "contracts"); !strings.Contains(r.out, "field.removed  git:main:"+ordersODCS+":24:15") {
		t.Error(r.out)
	}
}

// TestDiffSchema: a schema's file stands for the contract beside it, and is no reason to see no difference.
func TestDiffSchema(t *testing.T) {
	shopFolder(t)
	repository(t)
	copyTree(t, "contracts/shop/orders", "next")
	edit(t, "next/orders.v1.avsc", `"quantity", "type": "int"`, `"quantity", "type": "long"`)
	edit(t, "next/orders.v1.odcs.yaml", "physicalType: int", "physicalType: long")
	for _, old := range []string{ordersAvro, "git:main:" + ordersAvro} {
		if r := tidemark(t, nil, "diff", old, "next/orders.v1.avsc"); r.code != exitFindings || !strings.Contains(r.out, "field.type-widened") {
			t.Errorf("%s: %d %s%s", old, r.code, r.out, r.err)
		}
	}
	if err := os.Remove("next/orders.v1.odcs.yaml"); err != nil {
		t.Fatal(err)
	}
	if r := tidemark(t, nil, "diff", ordersAvro, "next/orders.v1.avsc"); r.code != exitFailed || !strings.Contains(r.err, "no contract is beside it") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}

// TestDiffNothing: where there is nothing to compare, nobody is told that all is well.
func TestDiffNothing(t *testing.T) {
	shopFolder(t)
	repository(t)
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	if r := tidemark(t, nil, "diff", "empty", "empty"); r.code != exitFailed || !strings.Contains(r.err, "has a contract") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "check", "--against", "empty"); r.code != exitDone || !strings.Contains(r.err, "so that all is new") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "check", "--against", ""); r.code != exitUsage || !strings.Contains(r.err, "names nothing") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	for _, at := range []string{"git:main:../elsewhere", "git:main:/etc"} {
		if r := tidemark(t, nil, "check", "--against", at); r.code != exitFailed || !strings.Contains(r.err, "not below the top") {
			t.Errorf("%s: %d %s%s", at, r.code, r.out, r.err)
		}
	}
	edit(t, ordersODCS, "kind: DataContract", "kind: [")
	commit(t, portaltest.Now())
	edit(t, ordersODCS, "kind: [", "kind: DataContract")
	if r := tidemark(t, nil, "check", "--against", "git:main", "-o", "github"); r.code != exitDone || !strings.Contains(r.out, "::warning file="+ordersODCS+",line=1,col=1,title=version.unread") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}
