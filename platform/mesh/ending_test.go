package mesh

import (
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// A contract that is deprecated, comes back, runs out of support and ends its life: the platform says each once.
func TestEnding(t *testing.T) {
	w := shop(t)
	s := w.start("shop", "a", "orders.checkout")
	publish := func(edit func(string) string) {
		c := contractOf(placed, "")
		c.Document, c.Digest, c.PublishedAt = edit(c.Document), "sha256:"+w.now.String(), w.now
		w.hear(c)
		w.wait(2*time.Second, s.beating())
	}
	status := func(to string) func(string) string {
		return func(doc string) string { return strings.Replace(doc, "status: active", "status: "+to, 1) }
	}
	publish(status("deprecated"))
	publish(status("active"))
	publish(func(doc string) string {
		return doc + "\nslaProperties:\n  - {property: endOfSupport, value: \"2026-11-21T12:00:10Z\"}\n  - {property: endOfLife, value: \"2026-11-21T12:00:20Z\"}\n"
	})
	w.wait(30*time.Second, s.beating())
	publish(status("active"))
	w.expectLines("transitions", w.transitions(),
		"12:00:00 port/"+placed+": unknown -> deprecated",
		"12:00:02 port/"+placed+": deprecated -> declared",
		"12:00:10 port/"+placed+": declared -> deprecated",
		"12:00:20 port/"+placed+": deprecated -> retired",
	)
	if p, _ := w.Port(placed); p.State != "retired" {
		t.Errorf("the port is %q", p.State)
	}
}

// What a person said of a port stays, whatever its contract says.
func TestDeprecationByAPersonStays(t *testing.T) {
	w := shop(t)
	s := w.start("shop", "a", "orders.checkout")
	w.hear(&event.Lifecycle{Subject: event.SubjectPort(placed), State: "deprecated", Previous: "running", At: noon, Cause: "v2 is there"})
	w.wait(5*time.Second, s.beating())
	w.expectLines("transitions", w.transitions())
}
