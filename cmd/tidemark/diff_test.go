package main

import (
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
