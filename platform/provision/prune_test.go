package provision_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

// A name that lets nothing go is perhaps mistyped. It is no error, since an earlier apply may have deleted it.
func TestNamesThatLetNothingGoAreToldOf(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	if err := w.admin.EnsureTopics(t.Context(), kafka.Topic{Name: "theirs"}); err != nil {
		t.Fatal(err)
	}
	products := shop()
	rest := tree([]port{legacy}, products[0], products[2]) // the ledger is gone
	told := func(o provision.Options) string {
		gone := make(map[string]bool)
		for _, r := range w.plan(t, wanted(t, rest, o)).Remarks {
			if r.Rule == provision.RulePrune {
				gone[r.Name] = true
			}
		}
		return names(gone)
	}
	said := []string{"books.ledger", "books.ledger.dlq", "nowhere", "theirs", "till.sales.items.v1-value", "nowhere"}
	for _, loss := range []bool{false, true} { // what is held back for another reason has a name all the same
		o := provision.Options{Prune: said, AllowDataLoss: loss}
		if got := told(o); got != "nowhere\ntheirs\ntill.sales.items.v1-value" {
			t.Errorf("with data loss %v it tells of %q", loss, got)
		}
	}
	if _, err := want(t, rest, provision.Options{Prune: []string{""}}); err == nil || !strings.Contains(err.Error(), "a name is empty") {
		t.Errorf("an empty name: %v", err)
	}
	o := provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true}
	w.apply(t, wanted(t, rest, o))
	if got := told(o); got != "books.ledger" {
		t.Errorf("when it is gone it tells of %q", got)
	}
}

// What is said to be needed is all that is needed.
func TestWhatIsNeededToDelete(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	products := shop()
	rest := tree([]port{legacy}, products[0], products[2]) // the ledger is gone
	const topic, right = "delete topic books.ledger.dlq", "delete acl User:books on topic books.ledger.dlq"
	for needs, o := range map[string]provision.Options{
		"--prune books.ledger.dlq --allow-data-loss": {},
		"--prune books.ledger.dlq":                   {AllowDataLoss: true},
		"--allow-data-loss":                          {Prune: []string{"books.ledger.dlq"}},
	} {
		all := held(w.plan(t, wanted(t, rest, o)))
		if got := all[topic].Needs; got != needs {
			t.Errorf("it needs %q, not %q", got, needs)
		}
		if h, ok := all[right]; ok && h.Needs != "--prune User:books" {
			t.Errorf("a right needs %q", h.Needs)
		}
	}
	drift, err := w.Drift(t.Context(), wanted(t, rest, provision.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range drift.Findings {
		if f.Path == "topic books.ledger.dlq" && !strings.Contains(f.Message, "tidemark apply --prune books.ledger.dlq --allow-data-loss deletes it") {
			t.Errorf("drift says %s", f.Message)
		}
	}
}

// What is deleted of a domain of another tree is not said to be asked for by nobody.
func TestWhyOthersDataProductsMayGo(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	o := provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true}
	for why, files := range map[string]fstest.MapFS{
		"the domain books is not in these contracts": tree(nil, shop()[0]),
		"no contract asks for it":                    tree([]port{legacy}, shop()[0], shop()[2]),
	} {
		all := steps(w.plan(t, wanted(t, files, o)))
		for _, name := range []string{"delete topic books.ledger.dlq", "delete schema books.ledger.entries.v1-value", "delete descriptor books.ledger@1.0.0"} {
			if got := all[name].Why; got != why {
				t.Errorf("%s: %q, not %q", name, got, why)
			}
		}
	}
}
