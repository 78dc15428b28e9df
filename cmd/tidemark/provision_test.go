package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// secured is an environment with a broker that checks rights, and a registry.
func secured(t *testing.T) (env, *kafka.Admin) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.EnableACLs(), kfake.Superuser(kafka.ScramSHA512, "root", "canary"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	e := env{
		"TIDEMARK_BROKERS": strings.Join(cluster.ListenAddrs(), ","), "TIDEMARK_REGISTRY": registrytest.Start(t),
		"TIDEMARK_SASL_MECHANISM": kafka.ScramSHA512, "TIDEMARK_SASL_USERNAME": "root", "TIDEMARK_SASL_PASSWORD": "canary",
	}
	s := newSettings(process{env: e.lookup})
	for _, f := range s.Fields() {
		*f.Value = f.Default
	}
	s.Brokers, s.Mechanism, s.Username = e["TIDEMARK_BROKERS"], kafka.ScramSHA512, "root"
	cfg, err := s.brokers()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	return e, admin
}

func TestPlanApplyDrift(t *testing.T) {
	e, admin := secured(t)
	folder := t.TempDir()
	tree := []string{"--contracts", "../../contracts", "--replicas", "1"}
	with := func(args ...string) result { return tidemark(t, e, append(args, tree...)...) }
	saved := filepath.Join(folder, "plan.json")

	if r := with("drift"); r.code != exitFindings || !strings.Contains(r.out, "error drift.missing: topic orders.order-lines.lines.v1: is not there") {
		t.Errorf("drift of an empty cluster: %d\n%.500s%s", r.code, r.out, r.err)
	}
	r := with("plan", "-o", "json")
	if r.code != exitDone || !strings.Contains(r.err, "to create, 0 to change, 0 to delete") {
		t.Fatalf("plan: %d %s", r.code, r.err)
	}
	if err := os.WriteFile(saved, []byte(r.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := tidemark(t, e, "apply", saved); r.code != exitDone || !strings.Contains(r.err, "0 were done before") {
		t.Fatalf("apply: %d %s", r.code, r.err)
	}
	if r := tidemark(t, e, "apply", saved); r.code != exitDone || !strings.Contains(r.err, "applied: 0 done") {
		t.Errorf("apply again: %d %s", r.code, r.err)
	}
	if r := with("plan"); r.code != exitDone || r.out != "" || !strings.Contains(r.err, "nothing to do") {
		t.Errorf("plan after it: %d %s%s", r.code, r.out, r.err)
	}
	if r := with("drift"); r.code != exitDone || r.out != "" {
		t.Errorf("drift after it: %d %s%s", r.code, r.out, r.err)
	}
	short := "1000"
	if err := admin.SetTopic(t.Context(), "orders.order-lines.lines.v1", map[string]*string{"retention.ms": &short}); err != nil {
		t.Fatal(err)
	}
	if err := admin.CreateACLs(t.Context(), kafka.ACL{Principal: "User:catalog", Host: "*", Kind: kafka.OnTopic, Name: "orders.order-lines.lines.v1", Operation: kafka.Read}); err != nil {
		t.Fatal(err)
	}
	r = with("drift", "-o", "github")
	for _, want := range []string{"file=../../contracts/orders/order-lines/lines.v1.odcs.yaml", "User%3Acatalog on topic orders.order-lines.lines.v1", "--prune User:catalog"} {
		if r.code != exitFindings || !strings.Contains(r.out, want) && !strings.Contains(r.out, strings.ReplaceAll(want, "%3A", ":")) {
			t.Errorf("drift: %d, no %s in\n%s", r.code, want, r.out)
		}
	}
	if r := with("apply"); r.code != exitUsage || !strings.Contains(r.err, "--yes") || !strings.Contains(r.out, "retention.ms") {
		t.Errorf("apply without anybody to ask: %d %s%s", r.code, r.out, r.err)
	}
	if r := with("apply", "--yes", "--prune", "User:catalog"); r.code != exitDone || !strings.Contains(r.err, "applied: 2 done") {
		t.Errorf("apply --yes: %d %s", r.code, r.err)
	}
	if r := tidemark(t, e, "apply", saved, "--prune", "x"); r.code != exitUsage {
		t.Errorf("a plan's own options are taken beside its file: %d %s", r.code, r.err)
	}
	if r := tidemark(t, e, "apply", filepath.Join(folder, "none.json")); r.code != exitFailed || !strings.Contains(r.err, "tidemark plan -o json") {
		t.Errorf("no such plan: %d %s", r.code, r.err)
	}
	if r := with("plan", "--principals", "User:all"); r.code != exitUsage || !strings.Contains(r.err, "{domain}") {
		t.Errorf("one principal for all: %d %s", r.code, r.err)
	}
}
