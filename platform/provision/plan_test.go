package provision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func sorted(all iter.Seq[string]) []string { return slices.Sorted(all) }

func save(t *testing.T, p *provision.Plan) []byte {
	t.Helper()
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestApplyMakesWhatTheContractsSay(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "till-canary", "PW_BOOKS": "books-canary"})
	o := provision.Options{Passwords: "env:PW_{USER}", Operators: []string{"User:night-shift"}}
	plan := w.plan(t, wanted(t, shopTree(), o))
	saved := save(t, plan)
	if again := save(t, w.plan(t, wanted(t, shopTree(), o))); !bytes.Equal(saved, again) {
		t.Error("the same world and the same contracts give two plans")
	}
	if bytes.Contains(saved, []byte("canary")) {
		t.Error("a password is in the plan")
	}
	read, err := provision.ReadPlan(bytes.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Apply(t.Context(), read, provision.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if left := w.plan(t, wanted(t, shopTree(), o)); len(left.Steps)+len(left.Held) > 0 {
		t.Errorf("what is left: %+v %+v", left.Steps, left.Held)
	}
	topics, err := w.admin.TopicStates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := topics["books.ledger.entries.v1"].Partitions; n != 2 {
		t.Errorf("the port has %d partitions", n)
	}
	for _, name := range []string{"books.ledger.dlq", "books.ledger.retry", "platform.mesh.products.v1"} {
		if _, ok := topics[name]; !ok {
			t.Errorf("%s is not there", name)
		}
	}
	for _, name := range []string{"books.desk.dlq", "till.sales.dlq", "erp-orders"} {
		if _, ok := topics[name]; ok {
			t.Errorf("%s is there, and nothing needs it or it is not ours", name)
		}
	}
	settings, err := w.admin.TopicSettings(t.Context(), []string{"retention.ms", "cleanup.policy", "min.insync.replicas"}, []string{"till.sales.items.v1"})
	config := settings["till.sales.items.v1"]
	if err != nil || config["retention.ms"].Value != "604800000" || config["cleanup.policy"].Value != "delete" || config["min.insync.replicas"].Value != "1" {
		t.Errorf("%v, %v", config, err)
	}
	if level, err := w.registry.Level(t.Context(), "till.sales.items.v1-value"); level != avro.FullTransitive || err != nil {
		t.Errorf("the subject's level is %q, %v", level, err)
	}
	acls, err := w.admin.ACLs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := wanted(t, shopTree(), o).ACLs(); !reflect.DeepEqual(text(acls), text(want)) {
		t.Errorf("the ACLs are\n%v\nwant\n%v", strings.Join(text(acls), "\n"), strings.Join(text(want), "\n"))
	}
	quotas, err := w.admin.Quotas(t.Context())
	if q := quotas["books"]; err != nil || q.Produce != 20<<20 || q.Consume != 2*10<<20 {
		t.Errorf("the quota is %v, %v", q, err)
	}
	books, err := kafka.NewAdmin(w.as("books", "books-canary"))
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	if err := books.Ping(t.Context()); err != nil {
		t.Errorf("the user cannot log in: %v", err)
	}
}

func text(acls []kafka.ACL) []string {
	var all []string
	for _, a := range acls {
		all = append(all, a.String())
	}
	slices.Sort(all)
	return all
}

// An apply that is cut off after any step goes on when it is run again, with the same plan.
func TestInterruptedApplyGoesOn(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a", "PW_BOOKS": "b"})
	o := provision.Options{Passwords: "env:PW_{USER}"}
	plan := w.plan(t, wanted(t, shopTree(), o))
	for runs := range len(plan.Steps) {
		ctx, cancel := context.WithCancel(t.Context())
		applied, err := w.Apply(ctx, plan, provision.ApplyOptions{AtOnce: 1, Progress: func(p provision.Progress) {
			if !p.Already {
				cancel()
			}
		}})
		cancel()
		last := runs == len(plan.Steps)-1
		if applied.Done != 1 || applied.Already < min(runs, 1) || (err == nil) != last || !last && !errors.Is(err, context.Canceled) {
			t.Fatalf("run %d: %+v, %v", runs, applied, err)
		}
	}
	applied, err := w.Apply(t.Context(), plan, provision.ApplyOptions{})
	if err != nil || applied.Done != 0 || applied.Already != len(plan.Steps) {
		t.Errorf("after the last: %+v, %v", applied, err)
	}
	if left := w.plan(t, wanted(t, shopTree(), o)); len(left.Steps) > 0 {
		t.Errorf("what is left: %+v", left.Steps)
	}
}

// What fails at the broker, at whatever kind of step, stops the apply there, and the next run goes on.
func TestFailedStepsAreTakenAgain(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a", "PW_BOOKS": "b"})
	o := provision.Options{Passwords: "env:PW_{USER}"}
	failing := []kmsg.Request{kmsg.NewPtrCreateTopicsRequest(), kmsg.NewPtrCreateACLsRequest(), kmsg.NewPtrAlterClientQuotasRequest(), kmsg.NewPtrAlterUserSCRAMCredentialsRequest()}
	failed := 0
	for _, req := range failing {
		w.cluster.ControlKey(req.Key(), func(r kmsg.Request) (kmsg.Response, error, bool) {
			return refusal(r), nil, true // once
		})
	}
	plan := w.plan(t, wanted(t, shopTree(), o))
	for {
		_, err := w.Apply(t.Context(), plan, provision.ApplyOptions{})
		if err == nil {
			break
		}
		if failed++; failed > len(failing) {
			t.Fatal(err)
		}
		if _, begun := errors.AsType[*provision.UnfinishedError](err); !begun || !strings.Contains(err.Error(), "POLICY_VIOLATION") || !strings.Contains(err.Error(), "steps") {
			t.Errorf("it says %v", err)
		}
	}
	if failed != len(failing) {
		t.Errorf("%d of %d failures stopped an apply", failed, len(failing))
	}
	if left := w.plan(t, wanted(t, shopTree(), o)); len(left.Steps) > 0 {
		t.Errorf("what is left: %+v", left.Steps)
	}
}

// refusal answers a request with a policy that is against it.
func refusal(r kmsg.Request) kmsg.Response {
	const policyViolation = 44
	resp := r.ResponseKind()
	switch resp := resp.(type) {
	case *kmsg.CreateTopicsResponse:
		for _, t := range r.(*kmsg.CreateTopicsRequest).Topics {
			rt := kmsg.NewCreateTopicsResponseTopic()
			rt.Topic, rt.ErrorCode = t.Topic, policyViolation
			resp.Topics = append(resp.Topics, rt)
		}
	case *kmsg.CreateACLsResponse:
		for range r.(*kmsg.CreateACLsRequest).Creations {
			resp.Results = append(resp.Results, kmsg.CreateACLsResponseResult{ErrorCode: policyViolation})
		}
	case *kmsg.AlterClientQuotasResponse:
		for range r.(*kmsg.AlterClientQuotasRequest).Entries {
			resp.Entries = append(resp.Entries, kmsg.AlterClientQuotasResponseEntry{ErrorCode: policyViolation})
		}
	case *kmsg.AlterUserSCRAMCredentialsResponse:
		for _, u := range r.(*kmsg.AlterUserSCRAMCredentialsRequest).Upsertions {
			resp.Results = append(resp.Results, kmsg.AlterUserSCRAMCredentialsResponseResult{User: u.Name, ErrorCode: policyViolation})
		}
	}
	return resp
}

func TestAPlanIsRefusedWhenTheWorldMoved(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	longer, same := sales, entries
	longer.keep, longer.extra = 8, "  - {property: tidemark.partitions, value: 3}\n"
	same.extra = longer.extra
	products := shop()
	products[0].outputs, products[1].inputs, products[1].outputs = []port{longer}, []port{longer}, []port{same}
	plan := w.plan(t, wanted(t, tree([]port{legacy}, products...), provision.Options{}))
	if got := names(steps(plan)); !strings.Contains(got, "change setting retention.ms of till.sales.items.v1") || !strings.Contains(got, "change partitions till.sales.items.v1") {
		t.Fatalf("the plan is\n%s", got)
	}
	other := "900000000"
	if err := w.admin.SetTopic(t.Context(), "till.sales.items.v1", map[string]*string{"retention.ms": &other}); err != nil {
		t.Fatal(err)
	}
	applied, err := w.Apply(t.Context(), plan, provision.ApplyOptions{})
	if moved, ok := errors.AsType[*provision.MovedError](err); !ok || len(moved.Moved) != 1 || moved.Moved[0].Resource.Setting != "retention.ms" || applied.Done != 0 {
		t.Fatalf("%+v, %v", applied, err)
	}
	if n, _ := w.admin.Partitions(t.Context(), "till.sales.items.v1"); n != 2 {
		t.Errorf("something was changed all the same: %d partitions", n)
	}
	for name, tampered := range map[string]string{
		"a step is another": strings.Replace(string(save(t, plan)), `"partitions": "3"`, `"partitions": "9"`, 1),
		"cut off":           string(save(t, plan)[:200]),
		"another form":      strings.Replace(string(save(t, plan)), `"format": 2`, `"format": 1`, 1),
		"more":              strings.Replace(string(save(t, plan)), `"format": 2`, `"format": 2, "extra": true`, 1),
		"another after it":  string(save(t, plan)) + "\n" + `{"x": 1}`,
		"text after it":     string(save(t, plan)) + "x",
	} {
		if _, err := provision.ReadPlan(strings.NewReader(tampered)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	if _, err := newWorld(t, nil).Apply(t.Context(), plan, provision.ApplyOptions{}); err == nil {
		t.Error("a plan for one cluster is applied to another")
	}
}

func TestMissingPasswordsStopAnApplyBeforeItBegins(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a"})
	plan := w.plan(t, wanted(t, shopTree(), provision.Options{Passwords: "env:PW_{USER}"}))
	_, err := w.Apply(t.Context(), plan, provision.ApplyOptions{})
	if missing, ok := errors.AsType[*provision.PasswordError](err); !ok || missing.User != "books" || !strings.Contains(err.Error(), "PW_BOOKS") {
		t.Errorf("it says %v", err)
	}
	if topics, err := w.admin.Topics(t.Context()); err != nil || len(topics) > 0 {
		t.Errorf("there are %v, %v", topics, err)
	}
}

func TestAsManyReplicasAsBrokers(t *testing.T) {
	w := newWorld(t, nil)
	three := wanted(t, shopTree(), provision.Options{Replicas: 3})
	if _, err := w.Plan(t.Context(), three); err == nil || !strings.Contains(err.Error(), "--replicas 1") {
		t.Errorf("it says %v", err)
	}
}

// The same contracts and the same world give the same digest, whenever the plan is made.
func TestTheDigestLeavesTheTimeOut(t *testing.T) {
	w := newWorld(t, nil)
	at := now()
	cluster, err := provision.Open(provision.Config{Kafka: w.kafka, Registry: w.registry, Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	var digests []string
	for range 2 {
		plan, err := cluster.Plan(t.Context(), wanted(t, shopTree(), provision.Options{}))
		if err != nil || !plan.At.Equal(at) {
			t.Fatal(plan.At, err)
		}
		if _, err := provision.ReadPlan(bytes.NewReader(save(t, plan))); err != nil {
			t.Error(err)
		}
		digests = append(digests, plan.Digest)
		at = at.Add(time.Hour)
	}
	if digests[0] != digests[1] {
		t.Errorf("they are %v", digests)
	}
}

func TestWhatIsNoPlan(t *testing.T) {
	for text, want := range map[string]string{
		"{}":            "not a plan: \"tidemark plan -o json\" writes one",
		"null":          "not a plan: \"tidemark plan -o json\" writes one",
		`{"format": 1}`: "its form is 1, this binary reads 2: plan again",
	} {
		if _, err := provision.ReadPlan(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
