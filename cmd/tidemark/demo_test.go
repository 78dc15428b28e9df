package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The summary has exactly the fields that its readers know.
func TestDemoOnce(t *testing.T) {
	r := tidemark(t, env{}, "demo", "--once", "-o", "json", "--bad", "0.02", "--seed", "7")
	if r.code != exitDone {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	var summary struct {
		ReadySeconds float64            `json:"ready_seconds"`
		RunSeconds   float64            `json:"run_seconds"`
		OK           bool               `json:"ok"`
		Injected     map[string]int     `json:"injected"`
		Ports        []map[string]any   `json:"ports"`
		DataProducts int                `json:"data_products"`
		Instances    int                `json:"instances"`
		Reasons      map[string]float64 `json:"reasons"`
	}
	d := json.NewDecoder(strings.NewReader(r.out))
	d.DisallowUnknownFields()
	if err := d.Decode(&summary); err != nil {
		t.Fatal(err)
	}
	if !summary.OK || summary.DataProducts != 12 || summary.Instances != 6 || len(summary.Injected) != 9 || len(summary.Reasons) != 9 ||
		summary.ReadySeconds <= 0 || summary.RunSeconds <= 0 {
		t.Errorf("%+v", summary)
	}
	for _, port := range summary.Ports {
		want := []string{"port", "mode", "in", "accepted", "dead", "filtered", "records", "verified"}
		if port["mode"] == "observe" {
			want = []string{"port", "mode", "in", "conforming", "violating", "records", "verified"}
		}
		for _, field := range want {
			if _, ok := port[field]; !ok || len(port) != len(want) {
				t.Errorf("port %v has no %s, or more than %v", port, field, want)
			}
		}
		if port["port"] == "orders.order-lines.lines.v1" && port["records"] != 9994.0 {
			t.Errorf("%v, want 9994 records", port)
		}
	}
}

// With every domain left out there are no ports, which a reader of JSON can range over.
func TestDemoOnceWithoutDomains(t *testing.T) {
	r := tidemark(t, env{}, "demo", "--once", "-o", "json", "--except", strings.Join(domainNames(), ","))
	var summary map[string]any
	if err := json.Unmarshal([]byte(r.out), &summary); err != nil {
		t.Fatalf("exit %d: %v: %s", r.code, err, r.err)
	}
	if ports, ok := summary["ports"].([]any); !ok || len(ports) > 0 {
		t.Errorf("ports are %v", summary["ports"])
	}
}

func TestDemoSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := taken.Addr().String()
	for line, want := range map[string]struct {
		code int
		says []string
	}{
		"--once --bad 2":           {exitUsage, []string{"--bad 2", "0 to 1"}},
		"--once --speed=-1":        {exitUsage, []string{"--speed -1"}},
		"--once --bad NaN":         {exitUsage, []string{"--bad NaN"}},
		"--once --speed NaN":       {exitUsage, []string{"--speed NaN"}},
		"--once --speed Inf":       {exitUsage, []string{"--speed +Inf"}},
		"--once --except pets":     {exitUsage, []string{"--except pets", "catalog, customer"}},
		"--once --brokers h:1":     {exitUsage, []string{"--registry"}},
		"--once --registry http:1": {exitUsage, []string{"--brokers"}},
		"--once --brokers h:1 --registry http://h:2 --data x": {exitUsage, []string{"--data"}},
		"--once --listen-kafka " + at:                         {exitFailed, []string{"--listen-kafka " + at, "address already in use", "--listen-kafka 127.0.0.1:0"}},
		"--once --listen-registry " + at:                      {exitFailed, []string{"--listen-registry " + at, "address already in use", "--listen-registry 127.0.0.1:0"}},
		"--once --listen-http " + at:                          {exitFailed, []string{"--listen-http " + at, "address already in use", "--listen-http 127.0.0.1:0"}},
		"--once --listen-kafka 0.0.0.0:0":                     {exitFailed, []string{"--listen-kafka 0.0.0.0:0", "loopback"}},
	} {
		r := tidemark(t, env{}, append([]string{"demo"}, strings.Fields(line)...)...)
		if r.code != want.code {
			t.Errorf("demo %s: exit %d, want %d: %s", line, r.code, want.code, r.err)
		}
		for _, text := range want.says {
			if !strings.Contains(r.err, text) {
				t.Errorf("demo %s does not say %q: %s", line, text, r.err)
			}
		}
	}
}

// A variable that points the other commands at a cluster does not let a demo loose on it.
func TestDemoTakesAClusterFromFlagsOnly(t *testing.T) {
	d := demo{listenKafka: defaultBrokers}
	s := newSettings(process{env: env{"TIDEMARK_BROKERS": "prod:9092", "TIDEMARK_REGISTRY": "http://prod:8081"}.lookup, err: os.Stderr})
	root := newRootCommand(s)
	cmd, _, err := root.Find([]string{"demo"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.load(root.PersistentFlags()); err != nil {
		t.Fatal(err)
	}
	if o, err := d.options(s, cmd); err != nil || o.Existing != nil || s.Brokers != "prod:9092" {
		t.Errorf("%+v, %v", o.Existing, err)
	}
}

func TestRunReadsItsFiles(t *testing.T) {
	write := func(dir, name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dir := t.TempDir()
	broken := write(dir, "broken.odps.yaml", "apiVersion: v1.0.0\nkind: DataProduct\nid: shop.orders\nname: Orders\nversion: 1.0.0\nstatus: active\ndomain: shop\nbogus: 1\n")
	const tracking = "../../contracts/fulfillment/tracking/product.odps.yaml"
	text, err := os.ReadFile(tracking)
	if err != nil {
		t.Fatal(err)
	}
	unresolved := write(t.TempDir(), "product.odps.yaml", string(text))
	for line, want := range map[string]struct {
		code int
		says []string
	}{
		"":                                     {exitUsage, []string{"-f is missing"}},
		"-f " + unresolved:                     {exitFailed, []string{"tree.unresolved", "--contracts"}},
		"-f " + tracking + " -f nowhere":       {exitFailed, []string{"nowhere"}},
		"-f " + tracking + " -f " + unresolved: {exitUsage, []string{"name the folder that holds all with --contracts"}},
		"-f " + tracking + " -f ../../contracts/orders/orders/product.odps.yaml": {exitFailed, []string{"orders.orders is a transform"}},
		"-f " + tracking + " -f " + tracking + " --brokers h:1":                  {exitFailed, []string{"fulfillment.tracking"}},
		"-f nowhere":                             {exitFailed, []string{"nowhere", "next:"}},
		"-f " + broken:                           {exitFailed, []string{broken + ":8:1", "bogus"}},
		"-f " + tracking + " --contracts " + dir: {exitFailed, []string{dir}},
		"-f ../../contracts/orders/orders/product.odps.yaml":       {exitFailed, []string{"orders.orders is a transform", "only guard and observe"}},
		"-f " + tracking + " --brokers nonsense":                   {exitUsage, []string{"--brokers"}},
		"-f " + tracking + " --brokers h:1 --registry nonsense":    {exitUsage, []string{"--registry"}},
		"-f " + tracking + " --brokers h:1 --instance has:a:colon": {exitFailed, []string{"colon"}},
	} {
		r := tidemark(t, env{}, append([]string{"run"}, strings.Fields(line)...)...)
		if r.code != want.code {
			t.Errorf("run %s: exit %d, want %d: %s", line, r.code, want.code, r.err)
		}
		for _, text := range want.says {
			if !strings.Contains(r.err, text) {
				t.Errorf("run %s does not say %q: %s", line, text, r.err)
			}
		}
	}
}

func TestContractsFolderIsTheNearestOne(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"a/contracts/orders/lines/product.odps.yaml":    "a/contracts",
		"contracts/b/contracts/lines/product.odps.yaml": "contracts/b/contracts",
		"elsewhere/product.odps.yaml":                   "elsewhere",
	} {
		got, err := contractsFolder(filepath.Join(root, file))
		if err != nil || got != filepath.Join(root, want) {
			t.Errorf("%s: %s (%v), want %s", file, got, err, want)
		}
	}
}
