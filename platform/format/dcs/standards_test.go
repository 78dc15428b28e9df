package dcs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// Every contract of the tree becomes a file that the standard takes, and comes back as it was.
func TestContractsOfTheTree(t *testing.T) {
	s, n := schema(t), 0
	tree := os.DirFS(filepath.Join("..", "..", "..", "contracts"))
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".odcs.yaml") {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		c, findings := contract.ParseContract(name, text)
		if c == nil {
			t.Error(findings)
			return nil
		}
		n++
		t.Run(name, func(t *testing.T) {
			exported, _ := dcs.Export(c, nil)
			valid(t, s, exported)
			stable(t, name, c, exported)
		})
		return nil
	})
	if err != nil || n < 10 {
		t.Fatal(n, err)
	}
}

// The standards' own examples come in without errors, and go out.
func TestOfficialExamples(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob(contracttest.Standards(t, "dcs", "examples", "*.yaml"))
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c, findings := dcs.Import(filepath.Base(file), read(t, file))
			if c == nil {
				t.Fatal(findings)
			}
			exported, _ := dcs.Export(c, nil)
			valid(t, s, exported)
			stable(t, filepath.Base(file), c, exported)
		})
	}
	odcs, err := filepath.Glob(contracttest.Standards(t, "odcs", "examples*", "*.yaml"))
	if err != nil || len(odcs) < 10 {
		t.Fatal(odcs, err)
	}
	for _, file := range odcs {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c, findings := contract.ParseContract(filepath.Base(file), read(t, file))
			if c == nil {
				t.Skip(findings)
			}
			exported, _ := dcs.Export(c, nil)
			valid(t, s, exported)
			stable(t, filepath.Base(file), c, exported)
		})
	}
}
