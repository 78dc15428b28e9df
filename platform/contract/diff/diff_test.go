package diff

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files as they are now")

// now is when all tests take place.
var now = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// TestRules compares two states of the tree in testdata/base. A case is an archive in testdata/rules: its comment says
// what it is about, and by which edits of the base OLD and NEW are made; its last file has what is found. A line of the
// comment is for both states, or for one if it begins with old or new:
//
//	new edit: FILE "old" "new"   replace the first occurrence; Go syntax for quotes
//	new remove: FILE
//	new rename: FILE FILE
//	new copy: FILE FILE
//	since: 2026-10-01            when whatever OLD deprecates began to be so
//
// Files below old/ and new/ come on top.
func TestRules(t *testing.T) {
	said := make(map[string]bool)
	goldentest.Archives(t, "testdata/rules/*.txtar", "changes", *update, func(t *testing.T, archive *txtar.Archive) []byte {
		result := compareCase(t, archive)
		for _, p := range result.Pairs {
			for _, c := range p.Changes {
				said[c.Rule] = true
			}
		}
		return render(result)
	})
	for _, rule := range Rules() {
		if !said[rule.ID] {
			t.Errorf("no case in testdata/rules shows %s", rule.ID)
		}
		delete(said, rule.ID)
	}
	for rule := range said {
		t.Errorf("%s is not in the table of rules", rule)
	}
}

func compareCase(t *testing.T, archive *txtar.Archive) Result {
	t.Helper()
	before, after, since := caseTrees(t, archive)
	old, findings := Parse(before, "old/")
	if len(findings) > 0 {
		t.Fatal("OLD: ", findings)
	}
	changed, findings := Parse(after, "new/")
	if len(findings) > 0 {
		t.Fatal("NEW: ", findings)
	}
	if !since.IsZero() {
		old.History = history{since}
	}
	return Compare(old, changed, Options{Now: now})
}

// history says that everything began at one time.
type history struct{ since time.Time }

func (h history) Since(string, func([]byte) bool) (time.Time, bool) { return h.since, true }

// render writes a result for people who judge whether it is right.
func render(r Result) []byte {
	var b bytes.Buffer
	for _, p := range r.Pairs {
		fmt.Fprintf(&b, "%s %s -> %s: has %s, needs %s", p.ID, orNone(p.From), orNone(p.To), p.Has, p.Needs)
		if p.Successor {
			b.WriteString(", successor")
		}
		if p.Draft {
			b.WriteString(", draft")
		}
		if p.Obeys {
			b.WriteString(": obeys")
		} else {
			fmt.Fprintf(&b, ": does not obey, wants %s", orNone(p.Wants))
		}
		fmt.Fprintf(&b, ": %s\n", p.Verdict)
		for _, c := range p.Changes {
			fmt.Fprintf(&b, "  %s:%d:%d: %s %s %v %s: %s: %s: %s\n", c.File, c.Line, c.Column, c.Class, c.Rule, c.Breaks, c.Needs, c.Path, c.Reason, c.Verdict)
			if c.From != nil {
				fmt.Fprintf(&b, "    from %s:%d:%d: %s\n", c.From.File, c.From.Line, c.From.Column, c.From.Path)
			}
			if c.Notice && c.Verdict == Refused {
				fmt.Fprintf(&b, "    instead: %s\n", strings.Join(c.Steps, "; "))
			}
		}
	}
	return b.Bytes()
}

func baseTree(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := Files(os.DirFS("testdata/base"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func caseTrees(t *testing.T, archive *txtar.Archive) (before, after map[string][]byte, since time.Time) {
	t.Helper()
	before = baseTree(t)
	after = maps.Clone(before)
	for line := range strings.Lines(string(archive.Comment)) {
		verb, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		trees := []map[string][]byte{before, after}
		if side, only, ok := strings.Cut(verb, " "); ok && side == "old" {
			verb, trees = only, trees[:1]
		} else if ok && side == "new" {
			verb, trees = only, trees[1:]
		}
		if verb == "since" {
			var err error
			if since, err = time.Parse(time.DateOnly, rest); err != nil {
				t.Fatal(err)
			}
		}
		for _, tree := range trees {
			edit(t, tree, verb, rest)
		}
	}
	for _, f := range archive.Files {
		if file, ok := strings.CutPrefix(f.Name, "old/"); ok {
			before[file] = f.Data
		}
		if file, ok := strings.CutPrefix(f.Name, "new/"); ok {
			after[file] = f.Data
		}
	}
	return before, after, since
}

func edit(t *testing.T, tree map[string][]byte, verb, rest string) {
	t.Helper()
	file, args, _ := strings.Cut(rest, " ")
	switch verb {
	case "edit", "remove", "rename", "copy":
		if tree[file] == nil {
			t.Fatalf("there is no %s", file)
		}
	}
	switch verb {
	case "remove":
		delete(tree, file)
	case "copy":
		tree[args] = tree[file]
	case "rename":
		tree[args] = tree[file]
		delete(tree, file)
	case "edit":
		old, more := quoted(t, args)
		replacement, _ := quoted(t, more)
		if !bytes.Contains(tree[file], []byte(old)) {
			t.Fatalf("%s does not hold %q", file, old)
		}
		tree[file] = bytes.Replace(tree[file], []byte(old), []byte(replacement), 1)
	}
}

func quoted(t *testing.T, s string) (text, rest string) {
	t.Helper()
	s = strings.TrimSpace(s)
	prefix, err := strconv.QuotedPrefix(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	if text, err = strconv.Unquote(prefix); err != nil {
		t.Fatal(err)
	}
	return text, s[len(prefix):]
}
