package provision_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

// A topic keeps the replicas that it was made with. Nobody could write it if more of them had to be in sync than there are.
func TestInSyncFollowsTheReplicasThatThereAre(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{Replicas: 1}))
	set, _ := contract.Load(shopTree())
	full, err := provision.Want(set, shopTree(), provision.Options{}) // three, as the tiers say
	if err != nil {
		t.Fatal(err)
	}
	plan := w.plan(t, full)
	for name := range steps(plan) {
		if strings.Contains(name, "min.insync.replicas") {
			t.Errorf("it would %s", name)
		}
	}
	all := held(plan)
	if h := all["change setting min.insync.replicas of till.sales.items.v1"]; h.Needs != "" || !strings.Contains(h.Reason, "1 of 3 replicas") {
		t.Errorf("min.insync.replicas: %+v", h)
	}
	if h := all["change replicas till.sales.items.v1"]; !strings.Contains(h.Reason, "there is 1 broker:") || !strings.Contains(h.Reason, "--replicas 1") {
		t.Errorf("replicas: %+v", h)
	}

	// What stands too high may come down, whatever it comes down to.
	for _, n := range []string{"3", "2"} {
		if err := w.admin.SetTopic(t.Context(), "till.sales.items.v1", map[string]*string{"min.insync.replicas": &n}); err != nil {
			t.Fatal(err)
		}
		plan = w.plan(t, full)
		_, would := steps(plan)["change setting min.insync.replicas of till.sales.items.v1"]
		if _, isHeld := held(plan)["change setting min.insync.replicas of till.sales.items.v1"]; would != (n == "3") || isHeld {
			t.Errorf("from %s to 2: a step %v, held %v", n, would, isHeld)
		}
	}
}
