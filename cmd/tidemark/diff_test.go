package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	golden(t, "diff.txt", got)
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
	golden(t, "proposals.txt", b.String())
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
	edit(t, file, "value: 5\n", "value: 50\n")
	r := tidemark(t, nil, "diff", url, file)
	if r.code != exitFindings || !strings.Contains(r.out, "sla.loosened") || strings.Contains(r.out, "gone") {
		t.Errorf("got %d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "check", file, "--against", url); r.code != exitFindings || !strings.Contains(r.out, "sla.loosened") {
		t.Errorf("got %d %s%s", r.code, r.out, r.err)
	}
	if r := tidemark(t, nil, "diff", "http://127.0.0.1:1", file); r.code != exitFailed || !strings.Contains(r.err, "tidemark demo") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}
