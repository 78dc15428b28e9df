package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// session runs command lines and gives what a person would have seen.
func session(t *testing.T, e env, lines ...string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range lines {
		r := tidemark(t, e, strings.Fields(line)...)
		fmt.Fprintf(&b, "$ tidemark %s\n%s", line, r.out)
		if r.err != "" {
			fmt.Fprintf(&b, "(stderr)\n%s", r.err)
		}
		fmt.Fprintf(&b, "(exit %d)\n\n", r.code)
	}
	return b.String()
}

// copyTree copies a folder.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// edit replaces the first occurrence of a text in a file.
func edit(t *testing.T, file, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q (%v)", file, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, replacement, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	ordersODCS = "contracts/shop/orders/orders.v1.odcs.yaml"
	ordersAvro = "contracts/shop/orders/orders.v1.avsc"
)

// shopFolder is a folder with a tree of contracts in it, where the test is from then on.
func shopFolder(t *testing.T) {
	t.Helper()
	golden, err := filepath.Abs("testdata") // before leaving
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copyTree(t, filepath.Join("..", "..", "platform", "check", "testdata", "shop"), filepath.Join(dir, "contracts"))
	if err := os.Symlink(golden, filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

func TestCheck(t *testing.T) {
	shopFolder(t)
	got := session(t, nil, "check", "check contracts/shop", "check "+ordersODCS+" "+ordersODCS, "check contracts --no-policies -o json")
	edit(t, ordersODCS, "minimum: 1\n", "minimum: one\n")
	edit(t, "contracts/shop/orders/samples/good/orders.v1.plain.json", "A-1", "1")
	copyTree(t, "contracts/shop/orders", "elsewhere")
	got += session(t, nil,
		"check", "check contracts/shop/orders/product.odps.yaml", "check contracts/shop/orders/samples/good/orders.v1.plain.json",
		"check elsewhere/orders.v1.odcs.yaml", "check elsewhere/orders.v1.avsc", "check elsewhere/product.odps.yaml",
		"check -o github", "check -o markdown", "check -o junit", "check nowhere", "check -o table",
	)
	goldentest.Equal(t, "testdata/check.txt", []byte(got), *update)
	if r := tidemark(t, nil, "check", "-o", "sarif"); r.code != exitFindings || !strings.Contains(r.out, `"ruleId": "odcs.options"`) {
		t.Errorf("got %d %s", r.code, r.out)
	}
}

// TestCheckRepository holds this project's own contracts.
func TestCheckRepository(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	if r := tidemark(t, nil, "check"); r.code != exitDone {
		t.Errorf("got %d\n%s%s", r.code, r.out, r.err)
	}
}

// repository makes the folder a git repository with what is in it committed.
func repository(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here") // the tool can do without; only --against git: cannot
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	runGit(t, "init", "-q", "-b", "main")
	commit(t, portaltest.Now().AddDate(-1, 0, 0))
}

func runGit(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@shop.example"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func commit(t *testing.T, at time.Time) {
	t.Helper()
	t.Setenv("GIT_COMMITTER_DATE", at.Format(time.RFC3339))
	runGit(t, "add", "contracts")
	runGit(t, "commit", "-q", "-m", "as of "+at.Format(time.DateOnly))
}

// TestCheckAgainst tells the life of a contract in a repository: a break is refused, a new major version beside it is
// not, and the old one goes when its deprecation is over.
func TestCheckAgainst(t *testing.T) {
	shopFolder(t)
	repository(t)
	now := portaltest.Now()
	var b strings.Builder
	tell := func(what string, lines ...string) {
		fmt.Fprintf(&b, "# %s\n\n%s", what, session(t, nil, lines...))
	}
	gate := "check --against git:main"
	tell("Nothing changed.", gate)

	edit(t, ordersODCS, "logicalType: integer\n        physicalType: int", "logicalType: integer\n        physicalType: long")
	edit(t, ordersAvro, `"quantity", "type": "int"`, `"quantity", "type": "long"`)
	tell("A type changed, and nobody said so.", gate, "check "+ordersODCS+" --against git:main -o github", "diff git:main contracts")
	tell("Against a folder of the same, a subfolder, and a revision that is not there.", "check --against contracts", "check contracts/shop --against git:main:contracts -o junit", "check --against git:nowhere", "diff git:main:nowhere contracts", "diff git:main:"+ordersODCS+" "+ordersODCS)

	runGit(t, "checkout", "-q", ".")
	for _, file := range []string{"orders.v1.odcs.yaml", "orders.v1.avsc"} {
		from := filepath.Join("contracts/shop/orders", file)
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		next := strings.NewReplacer("orders:orders:1", "orders:orders:2", "orders.orders.v1", "orders.orders.v2", "version: 1.0.0", "version: 2.0.0", `"quantity", "type": "int"`, `"quantity", "type": "long"`, "physicalType: int\n", "physicalType: long\n").Replace(string(text))
		if err := os.WriteFile(strings.Replace(from, ".v1.", ".v2.", 1), []byte(next), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, "contracts/shop/orders/product.odps.yaml", "team:\n", "  - name: orders\n    version: 2.0.0\n    contractId: urn:datamesh:shop:orders:orders:2\nteam:\n")
	edit(t, "contracts/shop/orders/product.odps.yaml", "\nversion: 1.0.0", "\nversion: 1.1.0")
	edit(t, ordersODCS, "status: active", "status: deprecated")
	edit(t, ordersODCS, "\nversion: 1.0.0", "\nversion: 1.1.0")
	tell("The same in a new major version beside the old one, which is deprecated.", gate, "diff git:main contracts")

	commit(t, now.AddDate(0, 0, -30))
	remove := func() {
		for _, pattern := range []string{"*.v1.*", "samples/*/*.v1.*"} {
			files, err := filepath.Glob("contracts/shop/orders/" + pattern)
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			for _, f := range files {
				if err := os.Remove(f); err != nil {
					t.Fatal(err)
				}
			}
		}
		edit(t, "contracts/shop/orders/product.odps.yaml", "  - name: orders\n    version: 1.0.0\n    contractId: urn:datamesh:shop:orders:orders:1\n", "")
		edit(t, "contracts/shop/orders/product.odps.yaml", "\nversion: 1.1.0", "\nversion: 2.0.0")
	}
	remove()
	tell("The old one is removed after 30 days.", gate)

	runGit(t, "checkout", "-q", ".")
	t.Setenv("GIT_COMMITTER_DATE", now.AddDate(0, 0, -91).Format(time.RFC3339))
	runGit(t, "commit", "-q", "--amend", "--no-edit")
	remove()
	tell("The old one is removed after 91 days.", gate)
	goldentest.Equal(t, "testdata/against.txt", []byte(b.String()), *update)
}

func TestCheckAgainstWithoutGit(t *testing.T) {
	shopFolder(t)
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
	if r := tidemark(t, nil, "check", "--against", "git:main"); r.code != exitFailed || !strings.Contains(r.err, "not a git repository") || !strings.Contains(r.err, "within the repository") {
		t.Errorf("got %d %s", r.code, r.err)
	}
	t.Setenv("PATH", t.TempDir())
	if r := tidemark(t, nil, "diff", "git:main", "contracts"); r.code != exitFailed || !strings.Contains(r.err, "the git command is not installed") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}

func TestExplain(t *testing.T) {
	goldentest.Equal(t, "testdata/explain.txt", []byte(session(t, nil,
		"explain tidemark.key", "explain required", "explain field.removed", "explain field.added", "explain rule.broken", "explain id -o name",
		"explain requird", "explain zebra-crossing", "explain a b", "__complete explain tidemark.k",
	)), *update)
	all := tidemark(t, nil, "explain")
	if all.code != exitDone || len(strings.Split(all.out, "\n")) < 250 || !strings.HasPrefix(all.out, "NAME") {
		t.Errorf("got %d %s", all.code, all.out)
	}
	if r := tidemark(t, nil, "explain", "rule.broken", "-o", "json"); !strings.Contains(r.out, `"kind": "reason code"`) {
		t.Errorf("got %s", r.out)
	}
}
