package mesh

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
)

// ban is a policy: no contract may hold its word. From until on it finds nothing.
type ban struct {
	word  string
	until time.Time
	seen  []Case
	name  string // its digest
}

func (b *ban) Digest() string      { return b.name }
func (b *ban) Environment() string { return "test" }
func (b *ban) Judge(_ context.Context, c Case) []contract.Finding {
	b.seen = append(b.seen, c)
	if strings.Contains(string(c.Contract.Raw), b.word) && (b.until.IsZero() || c.Now.Before(b.until)) {
		return []contract.Finding{{Rule: "ban", Message: "it holds the word", Path: "name"}}
	}
	return []contract.Finding{{Rule: "hint", Severity: contract.SeverityWarning, Message: "it could be better"}}
}

// sit lets the court sit once, and folds what it says.
func (w *world) sit(again bool) (said []*event.Verdict) {
	w.judgeAll(w.t.Context(), again)
	for _, e := range w.queue {
		said = append(said, e.(*event.Verdict))
	}
	w.hear(w.queue...)
	w.queue = nil
	return said
}

func newCourtroom(t *testing.T, p Policies) *world {
	w := newWorld(t)
	w.opts.Policies, w.court = p, newCourt()
	return w
}

func TestPoliciesJudgeWhatIsPublished(t *testing.T) {
	policies := &ban{word: "checkout", name: "sha256:one"}
	w := newCourtroom(t, policies)
	w.hear(contractOf("orders.checkout.placed.v1", "5 minutes"), contractOf("payments.invoices.paid.v1", ""))
	said := w.sit(false)
	if len(said) != 2 || said[0].Outcome != event.Denied || said[1].Outcome != event.Allowed {
		t.Fatalf("%+v", said)
	}
	if v := said[0]; v.Key() != "sha256:orders.checkout.placed.v1" || v.Policies != "sha256:one" || v.Environment != "test" || v.DataProduct != "" ||
		len(v.Findings) != 1 || v.Findings[0] != (event.PolicyFinding{Rule: "ban", Severity: "error", Message: "it holds the word", Path: "name"}) {
		t.Errorf("%+v", v)
	}
	if said := w.sit(false); len(said) != 0 {
		t.Errorf("nothing changed, and it said %+v", said)
	}
	c, _ := w.Contract("urn:datamesh:orders:checkout:placed:1")
	if c.Verdict == nil || c.Verdict.Outcome != "denied" || c.Verdict.Findings[0].Message != "it holds the word" {
		t.Errorf("the contract's view has %+v", c.Verdict)
	}
}

func TestVerdictsFollowWhatTheyAreAbout(t *testing.T) {
	policies := &ban{word: "nothing", name: "sha256:one"}
	w := newCourtroom(t, policies)
	first := contractOf("orders.checkout.placed.v1", "")
	w.hear(first)
	w.sit(false)

	w.hear(productOf("orders.checkout", "source", 1, nil, []string{"orders.checkout.placed.v1"}))
	said := w.sit(false)
	if len(said) != 1 || said[0].DataProduct != "orders.checkout" || said[0].DataProductDigest == "" {
		t.Fatalf("a data product publishes it now: %+v", said)
	}
	if c := policies.seen[len(policies.seen)-1]; c.DataProduct == nil || c.DataProduct.ID != "orders.checkout" || c.Previous != nil {
		t.Errorf("judged with %+v", c)
	}

	next := contractOf("orders.checkout.placed.v1", "")
	next.Version, next.Digest, next.Document = "1.10.0", "sha256:next", strings.Replace(next.Document, "1.0.0", "1.10.0", 1)
	w.hear(next)
	said = w.sit(false)
	if len(said) != 1 || said[0].Digest != "sha256:next" || said[0].PreviousDigest != first.Digest {
		t.Fatalf("a new version: %+v", said)
	}
	if c := policies.seen[len(policies.seen)-1]; c.Previous == nil || string(c.Previous.Raw) != first.Document {
		t.Error("judged without the version before")
	}

	policies.name = "sha256:two"
	if said = w.sit(false); len(said) != 2 {
		t.Fatalf("other policies: %+v", said)
	}
	policies.name = ""
	if said = w.sit(false); len(said) != 2 || said[0].Outcome != event.Unjudged {
		t.Fatalf("no policies: %+v", said)
	}
}

// Another text under the same version is a change like any other: it is judged with what the version said before, as long
// as that was not denied itself.
func TestTheSameVersionMayNotChange(t *testing.T) {
	policies := &ban{word: "promiseless", name: "sha256:one"}
	w := newCourtroom(t, policies)
	text := func(digest, word string) *event.Descriptor {
		d := contractOf("orders.checkout.placed.v1", "")
		d.Digest, d.Document = digest, strings.Replace(d.Document, ", sales]", ", "+word+"]", 1)
		return d
	}
	judged := func(d *event.Descriptor) string {
		t.Helper()
		w.hear(d)
		w.now = w.now.Add(time.Hour)
		if said := w.sit(false); len(said) != 1 {
			t.Fatalf("%d verdicts", len(said))
		}
		previous := policies.seen[len(policies.seen)-1].Previous
		if previous == nil {
			return ""
		}
		return previous.Tags[1]
	}
	for i, step := range []struct{ digest, word, previous string }{
		{"sha256:a", "first", ""}, {"sha256:b", "promiseless", "first"}, {"sha256:c", "third", "first"}, {"sha256:d", "fourth", "third"},
	} {
		if got := judged(text(step.digest, step.word)); got != step.previous {
			t.Errorf("step %d was judged with %q before it, not %q", i, got, step.previous)
		}
	}
	back := w.Verdicts(t.Context(), nil, []*event.Descriptor{text("sha256:e", "fifth")})
	if back[0].PreviousDigest != "sha256:d" {
		t.Errorf("asked ahead, it is judged with %s before it", back[0].PreviousDigest)
	}
}

// After a restart over a compacted topic nobody knows what a version said before. What was denied by that stays denied, until
// the policies or the data product are others.
func TestADenialOutlivesTheTextThatItWasJudgedBy(t *testing.T) {
	policies := &ban{word: "promiseless", name: "sha256:one"}
	w := newCourtroom(t, policies)
	was, is := contractOf("orders.checkout.placed.v1", ""), contractOf("orders.checkout.placed.v1", "")
	is.Digest, is.Document = "sha256:b", strings.Replace(is.Document, ", sales]", ", promiseless]", 1)
	w.hear(was)
	w.sit(false)
	w.hear(is)
	verdict := w.sit(false)[0]
	if verdict.Outcome != event.Denied || verdict.PreviousDigest != was.Digest {
		t.Fatalf("%+v", verdict)
	}

	policies.word = "nothing" // without the text before, it would be allowed
	again := newCourtroom(t, policies)
	again.hear(is, verdict)
	again.now = again.now.Add(time.Hour)
	if said := append(again.sit(false), again.sit(true)...); len(said) != 0 {
		t.Errorf("judged again without what it was judged by: %+v", said[0])
	}
	if ahead := again.Verdicts(t.Context(), nil, []*event.Descriptor{is}); ahead[0].Outcome != event.Denied {
		t.Errorf("asked ahead, it is %+v", ahead[0])
	}
	policies.name = "sha256:two"
	if said := again.sit(false); len(said) != 1 || said[0].Outcome != event.Allowed {
		t.Errorf("other policies say %+v", said)
	}

	allowed := *verdict
	allowed.Outcome, policies.name = event.Allowed, "sha256:one"
	third := newCourtroom(t, policies)
	third.hear(is, &allowed)
	if said := third.sit(false); len(said) != 1 || said[0].PreviousDigest != "" {
		t.Errorf("what is allowed is judged by what is known: %+v", said)
	}
}

func TestTimeChangesAVerdict(t *testing.T) {
	policies := &ban{word: "checkout", name: "sha256:one", until: noon.Add(time.Hour)}
	w := newCourtroom(t, policies)
	w.hear(contractOf("orders.checkout.placed.v1", ""))
	w.sit(false)
	if said := w.sit(true); len(said) != 0 {
		t.Fatalf("the same verdict was said again: %+v", said)
	}
	w.now = noon.Add(2 * time.Hour)
	if said := w.sit(false); len(said) != 0 {
		t.Fatalf("nobody asked to judge again: %+v", said)
	}
	if said := w.sit(true); len(said) != 1 || said[0].Outcome != event.Allowed {
		t.Fatalf("%+v", said)
	}
}

func TestWhatCannotBeReadIsDenied(t *testing.T) {
	w := newCourtroom(t, &ban{word: "nothing", name: "sha256:one"})
	broken := contractOf("orders.checkout.placed.v1", "")
	broken.Document += "nonsense: true\n"
	w.hear(broken)
	if said := w.sit(false); len(said) != 1 || said[0].Outcome != event.Denied || len(said[0].Findings) == 0 {
		t.Fatalf("%+v", said)
	}
}

func TestAVerdictThatWasLostIsSaidAgain(t *testing.T) {
	w := newCourtroom(t, &ban{word: "nothing", name: "sha256:one"})
	w.hear(contractOf("orders.checkout.placed.v1", ""))
	w.judgeAll(t.Context(), false)
	w.queue = nil // it is lost
	if said := w.sit(false); len(said) != 0 {
		t.Fatalf("too soon: %+v", said)
	}
	w.now = w.now.Add(resend)
	if said := w.sit(false); len(said) != 1 {
		t.Fatalf("%+v", said)
	}
}
