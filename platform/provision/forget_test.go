package provision_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// A data product that is pruned is forgotten on the control topics: its descriptors, its contracts' verdicts and what instances
// told of it. What others told stays.
func TestPrunedDataProductsAreForgotten(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	w.tell(t,
		&event.Lifecycle{Subject: event.SubjectDataProduct("books.ledger", "books-1"), State: "stopped", Previous: "unknown", At: now()},
		&event.Lifecycle{Subject: event.SubjectDataProduct("books.desk", "books-1"), State: "running", Previous: "unknown", At: now()},
		&event.Lifecycle{Subject: event.SubjectInstance("books-1"), State: "running", Previous: "unknown", At: now()},
		&event.Lifecycle{Subject: event.SubjectPort("books.ledger.entries.v1"), State: "stopped", Previous: "unknown", At: now()},
		&event.Freshness{Port: "books.ledger.entries.v1", DataProduct: "books.ledger", Mode: "guard", InputTopic: "till.sales.items.v1", At: now()},
		&event.Freshness{Port: "erp-orders", DataProduct: "books.desk", Mode: "observe", InputTopic: "erp-orders", At: now()},
	)
	products := shop()
	rest := tree([]port{legacy}, products[0], products[2]) // the ledger is gone
	gone := []string{"books.ledger@1.0.0", entries.urn() + "@1.0.0"}
	reports := []string{"data-product/books.ledger@books-1", "port/books.ledger.entries.v1", "books.ledger.entries.v1|till.sales.items.v1|0"}

	// Nobody named it: it is no drift, and stays.
	for name := range held(w.plan(t, wanted(t, rest, provision.Options{}))) {
		if strings.Contains(name, "descriptor") {
			t.Errorf("nobody named it: %s", name)
		}
	}
	// While its topics stay, so does what says that they are Tidemark's.
	plan := w.plan(t, wanted(t, rest, provision.Options{Prune: []string{"books.ledger"}}))
	for _, key := range gone {
		if h := held(plan)["delete descriptor "+key]; h.Needs != "--allow-data-loss" || !strings.Contains(h.Reason, "still there") {
			t.Errorf("%s: %+v", key, h)
		}
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if keys := w.keys(t); !contains(keys, append(gone, reports...)...) {
		t.Errorf("its topics are there, and it is forgotten: %v", keys)
	}

	plan = w.plan(t, wanted(t, rest, provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true}))
	if last := plan.Steps[len(plan.Steps)-1]; last.Kind != provision.Descriptor || last.Action != provision.Delete {
		t.Errorf("the last step is %s %s %s: a plan that is cut off would not know its topics any more", last.Action, last.Kind, last.Resource)
	}
	if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{AllowDataLoss: true}); err != nil {
		t.Fatal(err)
	}
	left := w.keys(t)
	for _, key := range append(gone, reports...) {
		if slices.Contains(left, key) {
			t.Errorf("%s is still told of", key)
		}
	}
	if !contains(left, "books.desk@1.0.0", "till.sales@1.0.0", sales.urn()+"@1.0.0", "data-product/books.desk@books-1", "instance/books-1", "erp-orders|erp-orders|0") {
		t.Errorf("others are forgotten too: %v", left)
	}
	applied, err := w.Apply(t.Context(), plan, provision.ApplyOptions{AllowDataLoss: true})
	if err != nil || applied.Already != applied.Total {
		t.Errorf("a second time: %+v, %v", applied, err)
	}
	if again := w.plan(t, wanted(t, rest, provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true})); len(again.Steps) > 0 {
		t.Errorf("there is still something to do: %+v", again.Steps[0])
	}
}

// One version of many can be forgotten by its name, and takes nothing else with it.
func TestOneVersionIsForgotten(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	w.tell(t, &event.Freshness{Port: "books.ledger.entries.v1", DataProduct: "books.ledger", Mode: "guard", InputTopic: "till.sales.items.v1", At: now()})
	w.tell(t, &event.Descriptor{Kind: "dataProduct", ID: "books.ledger", Version: "0.9.0", Mode: "guard", Document: "id: books.ledger", PublishedAt: now()})
	w.apply(t, wanted(t, shopTree(), provision.Options{Prune: []string{"books.ledger@0.9.0"}}))
	keys := w.keys(t)
	if slices.Contains(keys, "books.ledger@0.9.0") || !contains(keys, "books.ledger@1.0.0", "books.ledger.entries.v1|till.sales.items.v1|0") {
		t.Errorf("it is told of %v", keys)
	}
}

// tell publishes control events as an instance does.
func (w *world) tell(t *testing.T, events ...event.Event) {
	t.Helper()
	control, err := bus.OpenControl(t.Context(), w.kafka, w.registry, event.Schemas(), "tidemark://test")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		control.Send(e)
	}
	if err := control.Flush(t.Context()); err != nil || control.Dropped() > 0 {
		t.Fatalf("%v, %d dropped", err, control.Dropped())
	}
	if err := control.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// keys are those that somebody who reads the control topics from their beginning knows of.
func (w *world) keys(t *testing.T) []string {
	t.Helper()
	there := map[string]bool{}
	for _, topic := range event.ControlTopics() {
		bounds, err := scan.Bounds(t.Context(), w.admin, topic)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range scan.Records(t.Context(), w.kafka, bounds) {
			if err != nil {
				t.Fatal(err)
			}
			there[string(r.Key)] = r.Value != nil
		}
	}
	var keys []string
	for key, told := range there {
		if told {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func contains(all []string, wanted ...string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(all, w) })
}
