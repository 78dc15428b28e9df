package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// open is an environment with a broker that lets everybody in, and a registry.
func open(t *testing.T, id string) (env, *kfake.Cluster) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.ClusterID(id))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return env{"TIDEMARK_BROKERS": strings.Join(cluster.ListenAddrs(), ","), "TIDEMARK_REGISTRY": registrytest.Start(t)}, cluster
}

var shopTree = []string{"--contracts", "../../contracts", "--replicas", "1"}

// That it goes on where it stopped is a help to nobody whose apply did not begin.
func TestApplySaysWhatFits(t *testing.T) {
	const goesOn = "it goes on where it stopped"
	e, cluster := open(t, "one")
	cluster.ControlKey(int16(kmsg.CreateTopics), func(r kmsg.Request) (kmsg.Response, error, bool) { // once
		resp := r.ResponseKind().(*kmsg.CreateTopicsResponse)
		for _, asked := range r.(*kmsg.CreateTopicsRequest).Topics {
			rt := kmsg.NewCreateTopicsResponseTopic()
			rt.Topic, rt.ErrorCode = asked.Topic, kerr.PolicyViolation.Code
			resp.Topics = append(resp.Topics, rt)
		}
		return resp, nil, true
	})
	apply := append([]string{"apply", "--yes"}, shopTree...)
	if r := tidemark(t, e, apply...); r.code != exitFailed || !strings.Contains(r.err, "after 0 of") || !strings.Contains(r.err, goesOn) {
		t.Errorf("a first step that failed: %d %s", r.code, r.err)
	}
	if r := tidemark(t, e, apply...); r.code != exitDone {
		t.Fatalf("apply: %d %s", r.code, r.err)
	}

	rest := onlyOrders(t)
	r := tidemark(t, e, "plan", "--contracts", rest, "--replicas", "1", "--prune", "payments.payments", "--allow-data-loss", "-o", "json")
	if r.code != exitDone || !strings.Contains(r.out, `"data_loss": true`) {
		t.Fatalf("plan: %d %s%s", r.code, r.out, r.err)
	}
	saved := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(saved, []byte(r.out), 0o600); err != nil {
		t.Fatal(err)
	}
	r = tidemark(t, e, "apply", saved)
	if r.code != exitFailed || strings.Contains(r.err, goesOn) || !strings.Contains(r.err, "next: look at the steps") || !strings.Contains(r.err, "--allow-data-loss") {
		t.Errorf("a plan that loses data: %d %s", r.code, r.err)
	}
	other, _ := open(t, "other")
	if r := tidemark(t, other, "apply", saved, "--allow-data-loss"); r.code != exitFailed || strings.Contains(r.err, goesOn) || !strings.Contains(r.err, "plan again") {
		t.Errorf("another cluster: %d %s", r.code, r.err)
	}
}

// onlyOrders is the demo's contracts without the payments' data products.
func onlyOrders(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../contracts")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(folder, "payments")); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestApplyWithoutAPassword(t *testing.T) {
	e, _ := secured(t)
	nowhere := "file:" + filepath.Join(t.TempDir(), "{user}")
	r := tidemark(t, e, append([]string{"apply", "--yes", "--passwords", nowhere}, shopTree...)...)
	if r.code != exitFailed || strings.Contains(r.err, "goes on where") || !strings.Contains(r.err, "password of user") || !strings.Contains(r.err, "next: put it there") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}

// A registry that is away must not be looked for among the brokers.
func TestPlanWithoutARegistry(t *testing.T) {
	e, _ := open(t, "one")
	web := httptest.NewServer(nil)
	web.Close()
	r := tidemark(t, e, append([]string{"plan", "--registry", web.URL}, shopTree...)...)
	if r.code != exitFailed || strings.Contains(r.err, "no broker") || !strings.Contains(r.err, "no schema registry answers at "+web.URL+":") ||
		!strings.Contains(r.err, "--registry URL (from flag now)") {
		t.Errorf("got %d %s", r.code, r.err)
	}
	e["TIDEMARK_BROKERS"] = strings.TrimPrefix(web.URL, "http://")
	if r := tidemark(t, e, append([]string{"plan"}, shopTree...)...); !strings.Contains(r.err, "no broker answers") {
		t.Errorf("without a broker: got %d %s", r.code, r.err)
	}
}

func TestPlanTellsOfNamesThatLetNothingGo(t *testing.T) {
	e, _ := open(t, "one")
	for _, format := range []string{"table", "json"} {
		r := tidemark(t, e, append([]string{"plan", "--prune", "nosuch.thing", "-o", format}, shopTree...)...)
		if r.code != exitDone || !strings.Contains(r.err, "note: provision.prune-unknown: nosuch.thing: nothing of that name is Tidemark's to delete") ||
			format == "json" && !strings.Contains(r.out, `"rule": "provision.prune-unknown"`) {
			t.Errorf("%s: got %d %s", format, r.code, r.err)
		}
	}
}
