package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

// inMesh goes to a new mesh.
func inMesh(t *testing.T) {
	t.Helper()
	clone, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if r := tidemark(t, nil, "init", "mesh", "shop", "--tidemark", clone); r.code != exitDone {
		t.Fatalf("init mesh: %d %s", r.code, r.err)
	}
	t.Chdir("shop")
}

// stock is the command line that begins a data product.
func stock(more ...string) []string {
	return append([]string{"init", "product", "warehouse/stock", "--description", "Stock counts that can be relied on.", "--contact", "stock@shop.example"}, more...)
}

// From an empty folder to a tree that check finds nothing wrong with, in a script; and what a script did not say.
func TestInitInAScript(t *testing.T) {
	inMesh(t)
	r := tidemark(t, nil, "init", "product", "warehouse/stock")
	if r.code != exitUsage || !strings.Contains(r.err, "--description, --contact are missing") || r.out != "" {
		t.Errorf("missing flags: %d %s%s", r.code, r.err, r.out)
	}
	r = tidemark(t, nil, stock("--dry-run", "-o", "name")...)
	if _, err := os.Stat("domains"); r.code != exitDone || err == nil || !strings.Contains(r.out, "domains/warehouse/stock.go\n") {
		t.Errorf("dry run: %d %s%s", r.code, r.err, r.out)
	}
	names := strings.Fields(r.out)
	if r = tidemark(t, nil, stock("--mode", "transform")...); r.code != exitDone || !strings.Contains(r.err, "go run ./cmd/warehouse") {
		t.Fatalf("init product: %d %s", r.code, r.err)
	}
	for _, file := range names {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	if r = tidemark(t, nil, "check"); r.code != exitDone || !strings.Contains(r.err, " 0 errors, 0 warnings") {
		t.Errorf("check: %d %s%s", r.code, r.out, r.err)
	}
	r = tidemark(t, nil, stock()...)
	if r.code != exitFailed || !strings.Contains(r.err, "contracts/warehouse/stock/product.odps.yaml") || !strings.Contains(r.err, "nothing was written") {
		t.Errorf("a second time: %d %s", r.code, r.err)
	}

	// The domain answers for its second data product too, and the code learns of it.
	r = tidemark(t, nil, "init", "product", "warehouse/prices", "--mode", "guard", "--description", "Prices as they are on the shelves.", "-o", "json")
	var plan planned
	if err := json.Unmarshal([]byte(r.out), &plan); err != nil || !plan.Written || plan.Files[len(plan.Files)-1].Action != "change" {
		t.Fatalf("%v: %d %s%s", err, r.code, r.out, r.err)
	}
	all, err := os.ReadFile("domains/warehouse/all.go")
	if err != nil || !strings.Contains(string(all), "\t\tStock(),\n\t\tPrices(),\n") {
		t.Errorf("%v: %s", err, all)
	}
}

// Wrong words are usage errors that name what would be right.
func TestInitRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	for line, want := range map[string]string{
		"init product stock":      "write it as domain/name",
		"init product Ware/stock": "no name of a domain",
		"init product warehouse/stock --mode copy --contact a@b.c":  "is missing",
		"init product warehouse/stock --from-topic a --from-avsc b": "cannot both",
		"init product warehouse/stock --mode source --from-topic a": "a source reads no topic",
		"init product warehouse/stock --from-avsc x.avsc":           "--topic",
		"init contract": "--from-topic or --topic",
		"init contract x --topic t --owner o --contact c --description short": "too little",
		"init mesh x --module / --tidemark .":                                 "no path of a Go module",
		"generate go":                                                         "there are no domains here",
		"generate go a.avsc b":                                                "cannot be mixed",
		"generate go b --to c.go":                                             "for schema files",
	} {
		if r := tidemark(t, nil, strings.Fields(line)...); r.code != exitUsage || !strings.Contains(r.err, want) || r.out != "" {
			t.Errorf("%s: %d %q, want %q", line, r.code, r.err, want)
		}
	}
}

// The flags' help says how much a description has to say.
func TestInitHelpSaysHowLongADescriptionIs(t *testing.T) {
	for n, enough := range map[int]bool{29: false, 30: true} {
		if err := scaffold.CheckDescription(strings.Repeat("x", n)); (err == nil) != enough {
			t.Errorf("%d characters: %v", n, err)
		}
	}
	for _, what := range []string{"product", "contract"} {
		if r := tidemark(t, nil, "init", what, "--help"); !strings.Contains(r.out, "at least 30 characters") {
			t.Errorf("init %s: %s", what, r.out)
		}
	}
}

// Without a mesh there is no code, and with an .avsc no example; init contract writes where it is told to.
func TestInitContracts(t *testing.T) {
	t.Chdir(t.TempDir())
	schema := `{"type":"record","name":"Count","fields":[{"name":"sku","type":"string"},{"name":"countedAt","type":{"type":"long","logicalType":"timestamp-millis"}}]}`
	if err := os.WriteFile("count.avsc", []byte(schema), 0o644); err != nil {
		t.Fatal(err)
	}
	r := tidemark(t, nil, stock("--from-avsc", "count.avsc", "--topic", "Stock.Counts.v3")...)
	if r.code != exitDone || !strings.Contains(r.err, "tidemark run -f contracts/warehouse/stock/product.odps.yaml") || strings.Contains(r.out, ".go") {
		t.Fatalf("%d %s%s", r.code, r.out, r.err)
	}
	text, err := os.ReadFile("contracts/warehouse/stock/stock-counts.v1.odcs.yaml")
	if err != nil || !strings.Contains(string(text), "physicalName: Stock.Counts.v3") {
		t.Errorf("%v: %s", err, text)
	}
	r = tidemark(t, nil, "init", "contract", "--topic", "returns", "--folder", "contracts/warehouse/stock", "--owner", "o", "--contact", "https://shop.example/chat",
		"--description", "What customers sent back, as the desk wrote it.")
	if r.code != exitDone || !strings.Contains(r.out, "contracts/warehouse/stock/returns.v1.odcs.yaml") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	if r = tidemark(t, nil, "check", "--no-policies"); r.code != exitDone {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}

// What generate go writes is what --check wants, and a file that nobody generated stays.
func TestGenerateGo(t *testing.T) {
	inMesh(t)
	if r := tidemark(t, nil, stock()...); r.code != exitDone {
		t.Fatalf("%d %s", r.code, r.err)
	}
	if r := tidemark(t, nil, "generate", "go", "--check"); r.code != exitDone {
		t.Errorf("as it was begun: %d %s%s", r.code, r.out, r.err)
	}
	file := filepath.Join("domains", "warehouse", "event_gen.go")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("// Code generated by hand. DO NOT EDIT.\npackage warehouse\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := tidemark(t, nil, "generate", "go", "--check"); r.code != exitFindings || r.out != file+"\n" {
		t.Errorf("stale: %d %s%s", r.code, r.out, r.err)
	}
	t.Chdir("domains/warehouse")
	if r := tidemark(t, nil, "generate", "go"); r.code != exitDone || r.out != "event_gen.go\n" {
		t.Errorf("generate: %d %s%s", r.code, r.out, r.err)
	}
	if after, err := os.ReadFile("event_gen.go"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("another text (%v):\n%s", err, after)
	}
	if r := tidemark(t, nil, "generate", "go", "--to", "all.go", "../../contracts/warehouse/stock/stock.v1.avsc"); r.code != exitFailed || !strings.Contains(r.err, "is not generated") {
		t.Errorf("over a file: %d %s", r.code, r.err)
	}
	if r := tidemark(t, nil, "generate", "go", "--to", "x.go", "../../contracts/warehouse/stock/stock.v1.avsc"); r.code != exitDone {
		t.Errorf("of a schema: %d %s", r.code, r.err)
	}
	if text, err := os.ReadFile("x.go"); err != nil || !strings.Contains(string(text), "package warehouse") {
		t.Errorf("%v %s", err, text)
	}
}

// A question is asked until its answer is right; nothing typed is the default, and an end of input or a signal ends it.
func TestAsker(t *testing.T) {
	var out bytes.Buffer
	ask := func(typed string) *asker {
		return &asker{on: true, ctx: t.Context(), out: &out, lines: bufio.NewReader(strings.NewReader(typed)), answers: make(chan answer, 1)}
	}
	name := ""
	if err := ask("Shop\nshop\n").text(&name, "NAME", "Domain", "", nameOf("domain")); err != nil || name != "shop" || !strings.Contains(out.String(), "is no name of a domain") {
		t.Errorf("%v %q %s", err, name, &out)
	}
	given, fallback := "given", ""
	if err := ask("other\n").text(&given, "", "", "", nil); err != nil || given != "given" {
		t.Errorf("a given value was asked for: %v %q", err, given)
	}
	if err := ask("\n").text(&fallback, "", "Team", "a-team", nil); err != nil || fallback != "a-team" {
		t.Errorf("default: %v %q", err, fallback)
	}
	if yes, err := ask("perhaps\nno\n").yes("Write?"); err != nil || yes {
		t.Errorf("no: %v %t", err, yes)
	}
	if _, err := ask("").yes("Write?"); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("end of input: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	waiting := ask("")
	waiting.ctx, waiting.lines = ended, bufio.NewReader(blocked{t.Context()})
	if _, err := waiting.yes("Write?"); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("a signal: %v", err)
	}
}

// blocked is a terminal at which nobody types.
type blocked struct{ ctx context.Context }

func (b blocked) Read([]byte) (int, error) { <-b.ctx.Done(); return 0, b.ctx.Err() }
