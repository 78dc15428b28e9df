package provision_test

import (
	"testing"

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
	o := provision.Options{Prune: []string{"books.ledger"}, AllowDataLoss: true}
	w.apply(t, wanted(t, rest, o))
	if got := told(o); got != "books.ledger" {
		t.Errorf("when it is gone it tells of %q", got)
	}
}
