package contract

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files as they are now")

// TestFindings loads trees that are wrong in one way each. A case is an archive in testdata/findings: its comment says
// what is wrong, and by which edits of the tree in testdata/good; its files come on top of that tree; its last file has
// the findings. Directives of the comment, each a line:
//
//	tree: empty                  start from nothing, not from testdata/good
//	edit: FILE "old" "new"       replace the first occurrence; Go syntax for quotes
//	remove: FILE
//	rename: FILE FILE
func TestFindings(t *testing.T) {
	goldentest.Archives(t, "testdata/findings/*.txtar", "findings", *update, func(t *testing.T, archive *txtar.Archive) []byte {
		_, findings := Load(caseTree(t, archive))
		var got bytes.Buffer
		for _, f := range findings {
			fmt.Fprintln(&got, f)
		}
		return got.Bytes()
	})
}

// goodTree is testdata/good in memory.
func goodTree(t testing.TB) fstest.MapFS {
	t.Helper()
	tree, dir := fstest.MapFS{}, os.DirFS("testdata/good")
	err := fs.WalkDir(dir, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, file)
		tree[file] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func caseTree(t *testing.T, archive *txtar.Archive) fstest.MapFS {
	t.Helper()
	tree := goodTree(t)
	for line := range strings.Lines(string(archive.Comment)) {
		verb, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		args := strings.SplitN(rest, " ", 2)
		switch {
		case !ok:
		case verb == "tree" && rest == "empty":
			tree = fstest.MapFS{}
		case verb == "remove":
			need(t, tree, rest)
			delete(tree, rest)
		case verb == "rename":
			need(t, tree, args[0])
			tree[args[1]] = tree[args[0]]
			delete(tree, args[0])
		case verb == "edit":
			old, rest := quoted(t, args[1])
			replacement, _ := quoted(t, rest)
			file := need(t, tree, args[0])
			if !bytes.Contains(file.Data, []byte(old)) {
				t.Fatalf("%s does not hold %q", args[0], old)
			}
			tree[args[0]] = &fstest.MapFile{Data: bytes.Replace(file.Data, []byte(old), []byte(replacement), 1)}
		}
	}
	for _, f := range archive.Files {
		if f.Name != "findings" {
			tree[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return tree
}

func need(t *testing.T, tree fstest.MapFS, file string) *fstest.MapFile {
	t.Helper()
	f := tree[file]
	if f == nil {
		t.Fatalf("the tree has no %s", file)
	}
	return f
}

func quoted(t *testing.T, s string) (text, rest string) {
	t.Helper()
	prefix, err := strconv.QuotedPrefix(strings.TrimSpace(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	text, err = strconv.Unquote(prefix)
	if err != nil {
		t.Fatal(err)
	}
	return text, strings.TrimSpace(s)[len(prefix):]
}
