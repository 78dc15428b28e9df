package main

import (
	"bufio"
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/provision"
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

// Whoever presses Enter has not agreed to anything.
func TestApplyAsks(t *testing.T) {
	plan := &provision.Plan{Steps: []provision.Step{{Action: provision.Delete, DataLoss: true}}}
	for typed, want := range map[string]string{
		"\n": "you said no: nothing was done", "no\n": "you said no: nothing was done", "N\n": "you said no: nothing was done",
		"": "nothing was done", "sure\n\n": "you said no: nothing was done", "yes\n": "", "Y\n": "", "sure\nyes\n": "",
	} {
		var out bytes.Buffer
		ask := &asker{on: true, ctx: t.Context(), out: &out, lines: bufio.NewReader(strings.NewReader(typed)), answers: make(chan answer, 1)}
		if err := confirm(ask, plan); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", typed, err)
		}
		if !strings.Contains(out.String(), "do this, although 1 step may lose data? (yes/no) [no]: ") {
			t.Errorf("it asks %q", &out)
		}
	}
}

// edited is the demo's contracts with a change in one file.
func edited(t *testing.T, file, from, to string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../contracts")); err != nil {
		t.Fatal(err)
	}
	rewrite(t, filepath.Join(folder, file), from, to)
	return folder
}

func rewrite(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte(from)) {
		t.Fatalf("%s: %q is not in it, %v", file, from, err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What check refuses is not put in force. Drift looks at what is, all the same.
func TestPlanRefusesWhatCheckRefuses(t *testing.T) {
	e, _ := open(t, "one")
	denied := edited(t, "customer/customers/customers.v1.odcs.yaml", "tags: [customer,", "tags: [public, customer,")
	sample := edited(t, "customer/customers/samples/good/segments.v1.consumer.json", `"consumer"`, `"nobody"`)
	for _, folder := range []string{denied, sample} {
		if r := tidemark(t, e, "check", folder); r.code != exitFindings {
			t.Fatalf("check: %d %s%s", r.code, r.out, r.err)
		}
		for _, command := range [][]string{{"plan"}, {"apply", "--yes"}} {
			r := tidemark(t, e, append(command, "--contracts", folder, "--replicas", "1")...)
			if r.code != exitFailed || !strings.Contains(r.err, "the contracts in "+folder+" have errors") || !strings.Contains(r.err, "next: tidemark check "+folder) {
				t.Errorf("%v: %d %s", command, r.code, r.err)
			}
		}
		if r := tidemark(t, e, "drift", "--contracts", folder, "--replicas", "1"); r.code != exitFindings || !strings.Contains(r.out, "drift.missing") {
			t.Errorf("drift: %d %s", r.code, r.err)
		}
	}
	if r := tidemark(t, e, "plan", "--contracts", denied, "--replicas", "1", "--no-policies"); r.code != exitDone {
		t.Errorf("without policies: %d %s", r.code, r.err)
	}
	if r := tidemark(t, e, "plan", "--contracts", denied, "--replicas", "1", "--policies", "../../contracts/policies"); r.code != exitFailed || !strings.Contains(r.err, "--policies ../../contracts/policies") {
		t.Errorf("with others' policies: %d %s", r.code, r.err)
	}
}

func TestWordsOfPlanAndApply(t *testing.T) {
	e, admin := secured(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--contracts", "/nonexistent"}, exitUsage, "there is no file or folder /nonexistent"},
		{append([]string{"--principals", "nope=User:zed"}, shopTree...), exitUsage, "--principals: no contract has the domain nope, which is to be User:zed; there are catalog, customer, "},
		{append([]string{"--prune", ""}, shopTree...), exitUsage, "a name is empty"},
	} {
		for _, command := range []string{"plan", "apply"} {
			if r := tidemark(t, e, append([]string{command}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.says) {
				t.Errorf("%s %v: %d %s", command, c.args, r.code, r.err)
			}
		}
	}
	if r := tidemark(t, e, "plan", "--contracts", "../../contracts"); r.code != exitFailed || !strings.Contains(r.err, "there is 1 broker:") {
		t.Errorf("too few brokers: %d %s", r.code, r.err)
	}
	apply := append([]string{"apply", "--yes"}, shopTree...)
	if r := tidemark(t, e, apply...); r.code != exitDone {
		t.Fatalf("apply: %d %s", r.code, r.err)
	}
	longer := "99999999999"
	if err := admin.SetTopic(t.Context(), "customer.crm.profiles.v1", map[string]*string{"retention.ms": &longer}); err != nil {
		t.Fatal(err)
	}
	if r := tidemark(t, e, apply...); r.code != exitFindings || !strings.Contains(r.err, "1 step is held back; ") {
		t.Errorf("apply with a step that is held back: %d %s", r.code, r.err)
	}
	more := edited(t, "customer/crm/profiles.v1.odcs.yaml", "property: tidemark.partitions\n    value: 3", "property: tidemark.partitions\n    value: 5")
	r := tidemark(t, e, "plan", "--contracts", more, "--replicas", "1")
	if r.code != exitDone || !strings.Contains(r.out, "change (keys move)") || !strings.Contains(r.err, "note: partitions customer.crm.profiles.v1: keys move") {
		t.Errorf("more partitions: %d %s%s", r.code, r.out, r.err)
	}
}

func TestABrokerWithoutAnAuthorizer(t *testing.T) {
	e, cluster := open(t, "one")
	cluster.ControlKey(int16(kmsg.DescribeACLs), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := r.ResponseKind().(*kmsg.DescribeACLsResponse)
		resp.ErrorCode = kerr.SecurityDisabled.Code
		return resp, nil, true
	})
	if r := tidemark(t, e, append([]string{"plan"}, shopTree...)...); !strings.Contains(r.err, "note: provision.no-authorizer: brokers: the brokers have no authorizer") {
		t.Errorf("plan: %s", r.err)
	}
	if r := tidemark(t, e, append([]string{"drift"}, shopTree...)...); !strings.Contains(r.out, "provision.no-authorizer: acl brokers: ") {
		t.Errorf("drift: %s", r.out)
	}
}
