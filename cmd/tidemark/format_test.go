package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	standards "github.com/tidemark-mesh/tidemark/platform/format"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
)

// TestExport is a tour of the formats, as a shop with one data product takes it.
func TestExport(t *testing.T) {
	shopFolder(t)
	var lines []string
	for _, f := range standards.Exporters() {
		lines = append(lines, "export --format "+f+" shop.orders --output-dir out")
	}
	lines = append(lines,
		"export --format flink-sql shop.orders.orders.v1", "export -f avro urn:datamesh:shop:orders:orders:1", "export -f odcs shop.orders --standard-version v3.2.0",
		"export shop.orders", "export --format parquet shop.orders", "export --format dcs shop.nothing", "export --format dcs", "export --format dcs shop.orders --contracts nowhere",
		"export --format odcs shop.orders --standard-version v9",
	)
	goldentest.Equal(t, "testdata/export.txt", []byte(session(t, nil, lines...)), *update)
	files, err := filepath.Glob("out/*")
	if err != nil || len(files) != len(standards.Exporters()) {
		t.Errorf("%d files: %v %v", len(files), files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || len(text) == 0 {
			t.Errorf("%s is empty: %v", file, err)
		}
	}
}

// What is several documents goes into files, or into one stream where the format has such.
func TestExportOfSeveralPorts(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	for _, f := range []string{"avro", "confluent", "html"} {
		r := tidemark(t, nil, "export", "--format", f, "customer.customers")
		if r.code != exitFailed || r.out != "" || !strings.Contains(r.err, "name one port, or give --output-dir") {
			t.Errorf("%s: %d %s%s", f, r.code, r.out, r.err)
		}
	}
	for _, f := range []string{"odcs", "dcs", "openslo"} {
		if r := tidemark(t, nil, "export", "--format", f, "customer.customers"); r.code != exitDone || strings.Count("\n"+r.out, "\n---\n") < 1 {
			t.Errorf("%s: %d %s", f, r.code, r.err)
		}
	}
	dir := t.TempDir()
	for range 2 { // an export may be written again
		if r := tidemark(t, nil, "export", "--format", "avro", "customer.customers", "--output-dir", dir); r.code != exitDone || strings.Count(r.err, "wrote ") != 2 {
			t.Errorf("%d %s", r.code, r.err)
		}
	}
}

// TestImport takes in what others have, from files and from stdin, and never writes over a file.
func TestImport(t *testing.T) {
	formats, err := filepath.Abs("../../platform/format")
	if err != nil {
		t.Fatal(err)
	}
	shopFolder(t)
	write(t, "order.avsc", `{"type":"record","name":"Order","namespace":"legacy","fields":[{"name":"id","type":"string"}]}`, "broken.yaml", "dataContractSpecification: 0.9.3\nid: [1\n")
	for _, f := range []string{"asyncapi", "dpds"} {
		if r := tidemark(t, nil, "export", "--format", f, "shop.orders", "--output-dir", "."); r.code != exitDone {
			t.Fatal(r.err)
		}
	}
	copyTree(t, filepath.Join(formats, "dcs", "testdata", "import"), "theirs")
	goldentest.Equal(t, "testdata/import.txt", []byte(session(t, nil,
		"import --format avro order.avsc --port legacy.shop.orders --dry-run",
		"import --format avro order.avsc --port legacy.shop.orders --output-dir new", "import --format avro order.avsc --port legacy.shop.orders --output-dir new",
		"import --format asyncapi shop.orders.asyncapi.json --output-dir from-asyncapi", "import --format dpds shop.orders.dpds.json --output-dir from-dpds",
		"import --format dcs theirs/looser.yaml --output-dir looser", "import --format dcs broken.yaml", "import --format dcs broken.yaml -o json",
		"import order.avsc", "import --format parquet order.avsc", "import --format avro nowhere.avsc", "import --format avro order.avsc --port orders", "import --format avro",
	)), *update)
	for _, tree := range []string{"from-dpds", "from-asyncapi"} { // what others carry comes back as what it was
		if r := tidemark(t, nil, "check", tree, "--no-policies"); r.code == exitUsage || strings.Contains(r.out, "yaml.syntax") {
			t.Errorf("%s: %d %s%s", tree, r.code, r.out, r.err)
		}
	}
}

// Every format comes in from stdin as it does from a file; findings name stdin.
func TestImportOfStdin(t *testing.T) {
	dcs, err := filepath.Abs("../../platform/format/dcs/testdata/import/looser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shopFolder(t)
	write(t, "order.avsc", `{"type":"record","name":"Order","namespace":"legacy","fields":[{"name":"id","type":"string"}]}`,
		"broken.yaml", "dataContractSpecification: 0.9.3\nid: [1\n", "empty.yaml", "", "large.yaml", strings.Repeat("# a line\n", strict.MaxBytes/8))
	for _, f := range []string{"asyncapi", "dpds"} {
		if r := tidemark(t, nil, "export", "--format", f, "shop.orders", "--output-dir", "."); r.code != exitDone {
			t.Fatal(r.err)
		}
	}
	stdin := os.Stdin
	t.Cleanup(func() { os.Stdin = stdin })
	from := func(file string, args ...string) result {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		os.Stdin = f
		return tidemark(t, nil, append([]string{"import", "-"}, args...)...)
	}
	for format, file := range map[string]string{"asyncapi": "shop.orders.asyncapi.json", "avro": "order.avsc", "dcs": dcs, "dpds": "shop.orders.dpds.json"} {
		want := tidemark(t, nil, "import", "--format", format, file, "--dry-run")
		got := from(file, "--format", format, "--dry-run")
		lines := func(text string) []string { return slices.Sorted(strings.Lines(text)) } // findings are sorted by file
		if got.code != exitDone || got.out == "" || got.out != want.out || !slices.Equal(lines(strings.ReplaceAll(got.err, "stdin:", file+":")), lines(want.err)) {
			t.Errorf("%s: %d %s%s\nwant %s%s", format, got.code, got.out, got.err, want.out, want.err)
		}
	}
	for file, want := range map[string]string{"broken.yaml": "stdin:2:", "empty.yaml": "stdin:1:", "large.yaml": "stdin:1:"} {
		if got := from(file, "--format", "dcs"); got.code != exitFindings || got.out != "" || !strings.Contains(got.err, want) || !strings.Contains(got.err, "nothing was imported") {
			t.Errorf("%s: %d %s%s", file, got.code, got.out, got.err)
		}
	}
}

// A contract of 0.9.3 with every block there is comes in, is one that check can read, and goes out again by the standard.
func TestEveryBlockThereAndBack(t *testing.T) {
	source, err := filepath.Abs("../../platform/format/dcs/testdata/import/every-block-0.9.3.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if r := tidemark(t, nil, "import", "--format", "dcs", source, "--output-dir", "contracts"); r.code != exitDone {
		t.Fatalf("%d %s%s", r.code, r.out, r.err)
	}
	files, _ := filepath.Glob("contracts/*.odcs.yaml")
	if len(files) != 1 {
		t.Fatal(files)
	}
	r := tidemark(t, nil, "export", "--format", "dcs", files[0])
	if r.code != exitDone {
		t.Fatalf("%d %s", r.code, r.err)
	}
	write(t, "again.yaml", r.out)
	theirs, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	was, _ := strict.Parse(theirs)
	is, faults := strict.Parse([]byte(r.out))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, e := range strict.ValueOf(was).Entries { // every block is back
		if strict.Top(is, e.Key).Kind == strict.Absent && e.Key != "quality" {
			t.Errorf("%s is lost:\n%s", e.Key, r.out)
		}
	}
	if r := tidemark(t, nil, "import", "--format", "dcs", "again.yaml", "--dry-run"); r.code != exitDone || !strings.Contains(r.out, "apiVersion") {
		t.Errorf("what was written cannot be read: %d %s", r.code, r.err)
	}
}

func TestImportOfATopic(t *testing.T) {
	s := startShop(t)
	s.write(t, &kafka.Record{Topic: tailTopic, Key: []byte("A-1"), Value: s.order(t, "A-1", 7)}, &kafka.Record{Topic: tailTopic, Key: []byte("A-2"), Value: s.order(t, "A-2", 9)})
	dir := t.TempDir()
	r := s.tidemark(t, "import", "--format", "topic", tailTopic, "--port", "shop.legacy.orders", "--output-dir", dir)
	if r.code != exitDone || !strings.Contains(r.err, "looked at 2 records of "+tailTopic) {
		t.Fatalf("%d %s%s", r.code, r.out, r.err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "shop", "legacy", "orders.v1.odcs.yaml"))
	if err != nil || !strings.Contains(string(text), "name: total") || !strings.Contains(r.err, "format.topic.") {
		t.Errorf("%v\n%s", err, text)
	}
	if r := s.tidemark(t, "import", "--format", "topic", "no.such.topic"); r.code != exitFailed || !strings.Contains(r.err, "name a topic that is there") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

func TestPublishCommand(t *testing.T) {
	shopFolder(t)
	e := platform(t, portaltest.Shop()) // which takes no publications
	for _, c := range []struct {
		line, says string
		code       int
	}{
		{"publish shop.nothing", "there is no data product shop.nothing in contracts", exitFailed},
		{"publish --contracts nowhere", "tidemark check nowhere", exitFailed},
		{"publish shop.orders --dry-run", "this platform takes no publications", exitFailed},
		{"publish -o table", "text", exitUsage},
		{"traffic extra", "see tidemark traffic --help", exitUsage},
		{"traffic --speed fast", "fast", exitUsage},
	} {
		if r := tidemark(t, e, strings.Fields(c.line)...); r.code != c.code || !strings.Contains(r.err, c.says) {
			t.Errorf("%s: got %d %s%s", c.line, r.code, r.out, r.err)
		}
	}
	denies := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if req.URL.Query().Get("dry_run") != "true" {
			_, _ = w.Write([]byte(`{"published": true, "findings": []}`))
			return
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"published": false, "findings": [{"document": "urn:datamesh:shop:orders:orders:1", "rule": "policy.shop", "severity": "error", "path": "name", "message": "no"}]}`))
	}))
	defer denies.Close()
	goldentest.Equal(t, "testdata/publish.txt", []byte(session(t, env{"TIDEMARK_PLATFORM": denies.URL}, "publish shop.orders --dry-run", "publish")), *update)
}

// Every command of docs/formats.md runs, from the root of the repository; but for those that need a cluster or a platform.
func TestTheCommandsOfTheDocumentation(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	copyTree(t, filepath.Join(root, "contracts"), "contracts")
	ran := 0
	for line := range strings.Lines(string(text)) {
		line, ok := strings.CutPrefix(line, "$ tidemark ")
		if !ok || strings.Contains(line, "--brokers") || strings.Contains(line, "--platform") {
			continue
		}
		ran++
		if r := tidemark(t, nil, strings.Fields(line)...); r.code != exitDone {
			t.Errorf("tidemark %s: %d %s%s", line, r.code, r.out, r.err)
		}
	}
	if ran < 10 {
		t.Errorf("only %d commands", ran)
	}
}
