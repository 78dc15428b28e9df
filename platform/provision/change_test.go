package provision_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func TestChangesThatLoseDataAreHeldBack(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	less, fewer := sales, entries
	less.keep, fewer.extra = 3, strings.Replace(entries.extra, "value: 2", "value: 1", 1)
	less.extra = strings.Replace(sales.extra, "value: 2", "value: 1", 1)
	products := shop()
	products[0].outputs, products[1].inputs, products[1].outputs = []port{less}, []port{less}, []port{fewer}
	changed := tree([]port{legacy}, products...)

	plan := w.plan(t, wanted(t, changed, provision.Options{}))
	for _, s := range plan.Steps {
		if s.Kind != provision.Descriptor {
			t.Errorf("it would %s %s %s", s.Action, s.Kind, s.Resource)
		}
	}
	retention := held(plan)["change setting retention.ms of till.sales.items.v1"]
	if !retention.DataLoss || retention.Needs != "--allow-data-loss" || !strings.Contains(retention.Reason, "deleted") {
		t.Errorf("shorter retention is %+v", retention)
	}
	partitions := held(plan)["change partitions till.sales.items.v1"]
	if partitions.Needs != "" || !strings.Contains(partitions.Reason, "new major version") {
		t.Errorf("fewer partitions are %+v", partitions)
	}
	plan = w.plan(t, wanted(t, changed, provision.Options{AllowDataLoss: true}))
	if s := steps(plan)["change setting retention.ms of till.sales.items.v1"]; !s.DataLoss || !s.Destructive {
		t.Errorf("with leave to lose data, shorter retention is %+v", s)
	}
	if _, ok := held(plan)["change partitions till.sales.items.v1"]; !ok {
		t.Error("with leave to lose data, fewer partitions are possible")
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{}); !errors.Is(err, provision.ErrDataLoss) || !strings.Contains(err.Error(), "--allow-data-loss") {
		t.Errorf("such a plan is applied without leave: %v", err)
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{AllowDataLoss: true}); err != nil {
		t.Error(err)
	}
}

func TestIncompatibleSchemasAreHeldBack(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	products := shop()
	paid := sales
	paid.props = "      - {name: paid, logicalType: integer, physicalType: long, required: true}\n"
	paid.fields = `, {"name": "paid", "type": "long"}`
	products[0].outputs, products[1].inputs = []port{paid}, []port{paid}
	plan := w.plan(t, wanted(t, tree([]port{legacy}, products...), provision.Options{}))
	if h, ok := held(plan)["change schema till.sales.items.v1-value"]; !ok || h.Needs != "" || !strings.Contains(h.Reason, "paid") {
		t.Errorf("held are %s", names(held(plan)))
	}
	paid.fields = `, {"name": "paid", "type": "long", "default": 0}`
	products[0].outputs = []port{paid}
	plan = w.plan(t, wanted(t, tree([]port{legacy}, products...), provision.Options{}))
	if s, ok := steps(plan)["change schema till.sales.items.v1-value"]; !ok || s.From == nil {
		t.Errorf("a schema that fits is not registered: %s", names(steps(plan)))
	}
}

// A promise that a contract takes back must not linger on the topic.
func TestSettingsThatNobodyAsksForGo(t *testing.T) {
	w := newWorld(t, nil)
	products, longer := shop(), sales
	longer.keep = 8
	products[0].outputs = []port{longer}
	w.apply(t, wanted(t, tree([]port{legacy}, products...), provision.Options{}))
	longer.keep = 0
	products[0].outputs = []port{longer}
	plan := w.plan(t, wanted(t, tree([]port{legacy}, products...), provision.Options{AllowDataLoss: true}))
	s, ok := steps(plan)["change setting retention.ms of till.sales.items.v1"]
	if _, taken := s.To["default"]; !ok || !taken {
		t.Errorf("the plan is\n%s", names(steps(plan)))
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{AllowDataLoss: true}); err != nil {
		t.Fatal(err)
	}
	settings, err := w.admin.TopicSettings(t.Context(), []string{"retention.ms"}, []string{"till.sales.items.v1"})
	if got := settings["till.sales.items.v1"]["retention.ms"]; err != nil || got.Set {
		t.Errorf("it is %+v, %v", got, err)
	}
}

// What no contract asks for is deleted when it is named, counted as deleted, and nothing else goes with it.
func TestPruneDeletesWhatIsNamed(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	strangers := []kafka.ACL{
		{Principal: "User:auditor", Host: "*", Kind: kafka.OnTopic, Name: "books.ledger.entries.v1", Operation: kafka.Read},
		{Principal: "User:books", Host: "*", Kind: kafka.OnTopic, Name: "private", Operation: kafka.Read},
		{Principal: "User:books", Host: "10.0.0.1", Kind: kafka.OnTopic, Name: "books.ledger.dlq", Operation: kafka.Read},
	}
	if err := w.admin.CreateACLs(t.Context(), strangers...); err != nil {
		t.Fatal(err)
	}
	if err := w.admin.EnsureTopics(t.Context(), kafka.Topic{Name: "books.private.notes.v1"}, kafka.Topic{Name: "books.ledger.notes"}); err != nil {
		t.Fatal(err)
	}
	products := shop()
	rest := tree([]port{legacy}, products[0], products[2]) // the ledger is gone

	plan := w.plan(t, wanted(t, rest, provision.Options{}))
	if s := plan.Summary(); s.Create+s.Delete > 0 || s.Held == 0 { // the quota changes: there is less to read
		t.Errorf("without a name it would do %v", s)
	}
	for name := range held(plan) {
		if strings.Contains(name, "private") || strings.Contains(name, "auditor") || strings.Contains(name, "notes") {
			t.Errorf("it calls its own what is not: %s", name)
		}
	}
	plan = w.plan(t, wanted(t, rest, provision.Options{Prune: []string{"books.ledger"}}))
	if h := held(plan)["delete topic books.ledger.entries.v1"]; h.Needs != "--allow-data-loss" {
		t.Errorf("the topic would go: %+v", h)
	}
	plan = w.plan(t, wanted(t, rest, provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true}))
	for _, name := range []string{
		"delete topic books.ledger.entries.v1", "delete topic books.ledger.dlq", "delete topic books.ledger.retry",
		"delete schema books.ledger.entries.v1-value", "delete acl User:books on transactional-id books.ledger.v1:…",
		"delete acl User:books on topic books.ledger.entries.v1", "delete acl User:books on group books.ledger.v1",
	} {
		if s, ok := steps(plan)[name]; !ok || !s.Destructive {
			t.Errorf("%s is not in the plan, which is\n%s", name, names(steps(plan)))
		}
	}
	if s := plan.Summary(); s.Delete != len(plan.Steps)-s.Change || s.Create != 0 || s.DataLoss != 4 {
		t.Errorf("%v of %d steps", s, len(plan.Steps))
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{AllowDataLoss: true}); err != nil {
		t.Fatal(err)
	}
	acls, err := w.admin.ACLs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(text(acls), "\n")
	for _, s := range strangers {
		if !strings.Contains(all, s.String()) {
			t.Errorf("%s is gone, and was not ours", s)
		}
	}
	if strings.Contains(all, "transactional-id books.ledger.v1:") || strings.Contains(all, "User:books may write topic books.ledger") {
		t.Errorf("rights are left:\n%s", all)
	}
	topics, err := w.admin.Topics(t.Context())
	if left := strings.Join(topics, " "); err != nil || strings.Contains(left, "entries") || !strings.Contains(left, "books.private.notes.v1") || !strings.Contains(left, "books.ledger.notes") {
		t.Errorf("the topics are %s, %v", left, err)
	}
}

// A right that a contract takes back is gone at the broker, for a client that had it.
func TestRightsThatAreTakenBackAreGone(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a", "PW_BOOKS": "b"})
	o := provision.Options{Passwords: "env:PW_{USER}"}
	w.apply(t, wanted(t, shopTree(), o))
	products := shop()
	products[1].mode, products[1].inputs = "source", nil
	o.Prune = []string{"User:books"}
	fewer := tree([]port{legacy}, products...)
	if err := w.sees("books", "b", "till.sales.items.v1"); err != nil {
		t.Fatal(err)
	}
	plan := w.plan(t, wanted(t, fewer, o))
	if s, ok := steps(plan)["delete acl User:books on topic till.sales.items.v1"]; !ok || s.DataLoss {
		t.Fatalf("the plan is\n%s", names(steps(plan)))
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.sees("books", "b", "till.sales.items.v1"); err == nil {
		t.Error("it is still there")
	}
	if err := w.sees("books", "b", "books.ledger.entries.v1"); err != nil {
		t.Errorf("another went with it: %v", err)
	}
}

// sees asks for a topic, as a user.
func (w *world) sees(user, password, topic string) error {
	admin, err := kafka.NewAdmin(w.as(user, password))
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.TopicStates(context.Background(), topic)
	return err
}

func TestTreesOfOtherDomainsAreLeftAlone(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	alone := wanted(t, tree(nil, shop()[0]), provision.Options{}) // the till's own tree
	plan := w.plan(t, alone)
	if len(plan.Steps)+len(plan.Held)+len(plan.Remarks) > 0 {
		t.Errorf("it would touch what is the books': %s %s %+v", names(steps(plan)), names(held(plan)), plan.Remarks)
	}
}
