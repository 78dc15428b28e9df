package scaffold_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

// Every view_gen.go of the project's domains is what its contracts give.
func TestTheProjectsOwnViews(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := filepath.Glob(filepath.Join(root, "domains", "*", scaffold.ViewFile))
	if err != nil || len(files) == 0 {
		t.Fatal("no domain has views", err)
	}
	for _, file := range files {
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		want, err := scaffold.Views(os.DirFS(root), filepath.ToSlash(rel))
		if err != nil {
			t.Error(err)
			continue
		}
		if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not what its contracts give; make generate (%v)", strings.TrimPrefix(file, root+"/"), err)
		}
	}
}
