package git

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scratch is an empty repository that knows nothing of the user's settings.
type scratch struct {
	*testing.T
	dir string
}

func newScratch(t *testing.T) scratch {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	s := scratch{t, t.TempDir()}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(s.dir))
	s.git("init", "-q", "-b", "main")
	return s
}

func (s scratch) git(args ...string) {
	s.Helper()
	cmd := exec.Command("git", append([]string{"-C", s.dir, "-c", "user.name=t", "-c", "user.email=t@shop.example"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// commit writes files and commits them on a day.
func (s scratch) commit(day string, files map[string]string) {
	s.Helper()
	for name, text := range files {
		file := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			s.Fatal(err)
		}
	}
	s.Setenv("GIT_COMMITTER_DATE", day+"T12:00:00Z")
	s.git("add", "-A")
	s.git("commit", "-q", "-m", day)
}

func yaml(file string) bool { return strings.HasSuffix(file, ".yaml") }

func TestRead(t *testing.T) {
	s := newScratch(t)
	s.commit("2026-01-01", map[string]string{
		"contracts/shop/a.yaml": "one", "contracts/shop/with space\tand tab.yaml": "two", "contracts/readme.txt": "no",
		".gitattributes": "*.yaml export-ignore eol=crlf\n",
	})
	s.commit("2026-01-02", map[string]string{"contracts/shop/a.yaml": "changed"})
	repo, err := Open(t.Context(), filepath.Join(s.dir, "contracts"))
	if err != nil {
		t.Fatal(err)
	}
	if got := repo.Path("shop"); got != "contracts/shop" {
		t.Error(got)
	}
	tree, err := repo.Read(t.Context(), "HEAD~1", "contracts", yaml)
	if err != nil || len(tree.Files) != 2 || string(tree.Files["shop/a.yaml"]) != "one" || tree.Single != "" || tree.Folder != "contracts" {
		t.Errorf("%v %q", err, tree)
	}
	tree, err = repo.Read(t.Context(), "main", "contracts/shop/a.yaml", yaml)
	if err != nil || string(tree.Files["a.yaml"]) != "changed" || tree.Single != "a.yaml" || tree.Folder != "contracts/shop" {
		t.Errorf("%v %q", err, tree)
	}
	if tree, err = repo.Read(t.Context(), "main", "", yaml); err != nil || len(tree.Files) != 2 {
		t.Errorf("%v %q", err, tree)
	}
	for _, c := range [][3]string{
		{"nowhere", "contracts", "git fetch"},
		{"main", "contrakts", "has no contrakts"},
		{"--help", "contracts", "no git revision"},
		{"", "contracts", "no git revision"},
	} {
		if _, err := repo.Read(t.Context(), c[0], c[1], yaml); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestSince(t *testing.T) {
	s := newScratch(t)
	s.commit("2026-01-01", map[string]string{"a.yaml": "active"})
	s.commit("2026-02-01", map[string]string{"a.yaml": "deprecated"})
	s.commit("2026-03-01", map[string]string{"a.yaml": "active again"})
	s.commit("2026-04-01", map[string]string{"a.yaml": "deprecated"})
	s.commit("2026-05-01", map[string]string{"a.yaml": "deprecated, described"})
	s.commit("2026-06-01", map[string]string{"b.yaml": "another file"})
	repo, err := Open(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	deprecated := func(text []byte) bool { return strings.HasPrefix(string(text), "deprecated") }
	since, ok, err := repo.Since(t.Context(), "main", "a.yaml", deprecated)
	if want := time.Date(2026, time.April, 1, 12, 0, 0, 0, time.UTC); err != nil || !ok || !since.Equal(want) {
		t.Error(since, ok, err)
	}
	if _, ok, err := repo.Since(t.Context(), "main~3", "a.yaml", deprecated); ok || err != nil {
		t.Error("it was active then", err)
	}
	if _, ok, err := repo.Since(t.Context(), "main", "nothing.yaml", deprecated); ok || err != nil {
		t.Error("it was never there", err)
	}
}

// TestSinceMerge: a deprecation that stood on a branch was nobody's notice before it was merged.
func TestSinceMerge(t *testing.T) {
	s := newScratch(t)
	s.commit("2026-01-01", map[string]string{"a.yaml": "active"})
	s.git("checkout", "-q", "-b", "branch")
	s.commit("2026-02-01", map[string]string{"a.yaml": "deprecated"})
	s.git("checkout", "-q", "main")
	s.commit("2026-03-01", map[string]string{"b.yaml": "another file"})
	s.Setenv("GIT_COMMITTER_DATE", "2026-05-01T12:00:00Z")
	s.git("merge", "-q", "--no-ff", "-m", "merged", "branch")
	repo, err := Open(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	since, ok, err := repo.Since(t.Context(), "main", "a.yaml", func(text []byte) bool { return string(text) == "deprecated" })
	if want := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC); err != nil || !ok || !since.Equal(want) {
		t.Error(since, ok, err)
	}
}

// TestSinceRename: a file that moves keeps its clock.
func TestSinceRename(t *testing.T) {
	s := newScratch(t)
	body := strings.Repeat("a line of the contract\n", 20)
	s.commit("2026-01-01", map[string]string{"shop/a.yaml": "active\n" + body})
	s.commit("2026-02-01", map[string]string{"shop/a.yaml": "deprecated\n" + body})
	if err := os.Mkdir(filepath.Join(s.dir, "a folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.git("mv", "shop/a.yaml", "a folder/ä\tb.yaml")
	s.commit("2026-03-01", nil)
	s.commit("2026-04-01", map[string]string{"a folder/ä\tb.yaml": "deprecated\nand described\n" + body})
	repo, err := Open(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	since, ok, err := repo.Since(t.Context(), "main", "a folder/ä\tb.yaml", func(text []byte) bool { return strings.HasPrefix(string(text), "deprecated") })
	if want := time.Date(2026, time.February, 1, 12, 0, 0, 0, time.UTC); err != nil || !ok || !since.Equal(want) {
		t.Error(since, ok, err)
	}
}

func TestOpen(t *testing.T) {
	s := newScratch(t)
	if _, err := Open(t.Context(), filepath.Dir(s.dir)); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(t.Context(), s.dir); !errors.Is(err, ErrNoGit) {
		t.Error(err)
	}
}
