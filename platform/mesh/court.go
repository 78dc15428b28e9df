package mesh

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
)

// Policies judge contracts; package policy has them. They fail closed: what keeps them from judging is a finding of
// severity error.
type Policies interface {
	// Digest names the bundle of policies; "" says that there are none, and then nothing is judged.
	Digest() string
	// Environment is where they judge for, such as production.
	Environment() string
	// Judge gives what the policies find, which an error among it denies. It is bounded in time.
	Judge(ctx context.Context, c Case) []contract.Finding
}

// Case is what policies look at together.
type Case struct {
	Contract    *contract.Contract
	Previous    *contract.Contract    // the version before; nil if there is none
	DataProduct *contract.DataProduct // that publishes it; nil if none does
	Now         time.Time
}

// court sees to it that every contract which is published has a verdict on what is published.
type court struct {
	calls chan struct{}
	asked map[string]time.Time // by brief.key, when it was judged; holdCourt's goroutine alone
}

func newCourt() *court { return &court{calls: make(chan struct{}, 1), asked: map[string]time.Time{}} }

// call asks for a session soon; calls while one is due are one.
func (c *court) call() {
	select {
	case c.calls <- struct{}{}:
	default:
	}
}

// brief is a contract that wants a verdict, with all that the verdict is about.
type brief struct {
	contract, previous, product *document // the latter two may be nil
	verdict                     *event.Verdict
	forgotten                   bool // nobody remembers the text before, with which the verdict was given
}

// key names what is judged by what: the same key, the same verdict, but for what time changes.
func (b *brief) key(policies, environment string) string {
	return strings.Join([]string{b.contract.Digest, digestOf(b.product), digestOf(b.previous), policies, environment}, " ")
}

func digestOf(d *document) string {
	if d == nil {
		return ""
	}
	return d.Digest
}

// settled tells whether the verdict that is known is about the same documents, by the same policies.
func (b *brief) settled(policies, environment string) bool {
	return b.current(policies, environment) && b.verdict.PreviousDigest == digestOf(b.previous)
}

// stands tells whether a denial stays, whatever is judged now: the version changed its text, and a compacted topic forgot
// what it said before, which is what the change was judged by. Without it a break would pass after a restart.
func (b *brief) stands(policies, environment string) bool {
	return b.current(policies, environment) && b.forgotten && b.verdict.Outcome == event.Denied
}

// current tells whether the verdict that is known is on what the data product is now, by the same policies.
func (b *brief) current(policies, environment string) bool {
	v := b.verdict
	return v != nil && v.DataProductDigest == digestOf(b.product) && v.Policies == policies && v.Environment == environment &&
		(v.Outcome == event.Unjudged) == (policies == "")
}

// holdCourt judges what is published until ctx ends: what changed at once, all of it every Rejudge.
func (m *Mesh) holdCourt(ctx context.Context) error {
	ticks, stop := m.opts.Ticker(m.opts.Rejudge)
	defer stop()
	for {
		again := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
			again = true
		case <-m.court.calls:
		}
		m.judgeAll(ctx, again)
	}
}

// judgeAll judges what has no verdict on its documents, or everything again, and sends the verdicts that are new.
func (m *Mesh) judgeAll(ctx context.Context, again bool) {
	policies, environment := m.opts.Policies.Digest(), m.opts.Policies.Environment()
	for _, b := range m.briefs() {
		if ctx.Err() != nil {
			return
		}
		if b.stands(policies, environment) {
			continue
		}
		now := m.opts.Clock()
		key, settled := b.key(policies, environment), b.settled(policies, environment)
		if at, asked := m.court.asked[key]; settled && !again || !settled && asked && now.Sub(at) < resend {
			continue
		}
		v := m.try(ctx, b, now)
		if ctx.Err() != nil {
			return // what came of it may be an end, not a verdict
		}
		m.court.asked[key] = now
		if settled && v.Outcome == b.verdict.Outcome && slices.Equal(v.Findings, b.verdict.Findings) {
			continue
		}
		m.opts.Logger.Info("the policies' verdict", "contract", v.Contract, "version", v.Version, "outcome", v.Outcome, "findings", len(v.Findings))
		m.opts.Send(v)
	}
	maps.DeleteFunc(m.court.asked, func(_ string, at time.Time) bool { return m.opts.Clock().Sub(at) > 2*resend })
}

// briefs lists every contract version that is published; none before the fold has caught up, since what is still to
// come may hold its verdict.
func (m *Mesh) briefs() []brief {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.progress.done {
		return nil
	}
	publishers := m.state.publishers()
	versions := map[string][]*document{}
	for _, key := range slices.Sorted(maps.Keys(m.state.documents)) {
		if d := m.state.documents[key]; d.contract != nil {
			versions[d.ID] = append(versions[d.ID], d)
		}
	}
	var all []brief
	for _, id := range slices.Sorted(maps.Keys(versions)) {
		slices.SortFunc(versions[id], byVersion)
		var before *document
		for _, d := range versions[id] {
			b := brief{contract: d, previous: before, product: publishers[id], verdict: m.state.verdicts[d.Digest]}
			if d.replaced != nil {
				b.previous = d.replaced
			}
			b.forgotten = m.state.forgot(&b)
			all, before = append(all, b), d
		}
	}
	return all
}

// forgot tells whether the verdict was given with a text before that is no longer known.
func (s *state) forgot(b *brief) bool {
	v := b.verdict
	if v == nil || v.PreviousDigest == "" || v.PreviousDigest == digestOf(b.previous) {
		return false
	}
	for _, d := range s.documents {
		if d.Digest == v.PreviousDigest || d.replaced != nil && d.replaced.Digest == v.PreviousDigest {
			return false
		}
	}
	return true
}

// publishers are the data products that publish contracts, by the contract's id.
func (s *state) publishers() map[string]*document {
	all := map[string]*document{}
	catalog := s.catalogue()
	for _, id := range catalog.portIDs {
		if p := catalog.ports[id]; p.mode != modeObserve && p.product.document != nil {
			all[p.contractID] = p.product.document
		}
	}
	return all
}

// before is what a contract was before: what this version said, or else the version before; nil if there is none.
func (s *state) before(next *document) (before *document) {
	if was := s.replaces(next); was != nil {
		return was
	}
	for _, d := range s.documents {
		if d.contract != nil && d.ID == next.ID && byVersion(d, next) < 0 && (before == nil || byVersion(d, before) > 0) {
			before = d
		}
	}
	return before
}

// byVersion orders documents by the version that they give themselves.
func byVersion(a, b *document) int {
	return semver.Compare("v"+strings.TrimPrefix(a.Version, "v"), "v"+strings.TrimPrefix(b.Version, "v"))
}

// try has the policies judge a brief. What cannot be read cannot be allowed.
func (m *Mesh) try(ctx context.Context, b brief, now time.Time) *event.Verdict {
	v := &event.Verdict{
		Digest: b.contract.Digest, Contract: b.contract.ID, Version: b.contract.Version,
		DataProductDigest: digestOf(b.product), PreviousDigest: digestOf(b.previous),
		Outcome: event.Unjudged, Policies: m.opts.Policies.Digest(), Environment: m.opts.Policies.Environment(),
		JudgedBy: m.opts.Name, JudgedAt: now.UTC().Truncate(time.Millisecond), Findings: []event.PolicyFinding{},
	}
	if b.product != nil {
		v.DataProduct = b.product.ID
	}
	if v.Policies == "" {
		return v
	}
	c, findings := contract.ParseContract("contract", []byte(b.contract.Document))
	if c != nil {
		findings = m.opts.Policies.Judge(ctx, Case{Contract: c, Previous: parsed(b.previous), DataProduct: publisherOf(b.product), Now: now})
	}
	v.Outcome = event.Allowed
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			v.Outcome = event.Denied
		}
		v.Findings = append(v.Findings, event.PolicyFinding{Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message, Path: f.Path})
	}
	return v
}

func parsed(d *document) *contract.Contract {
	if d == nil {
		return nil
	}
	c, _ := contract.ParseContract("previous", []byte(d.Document))
	return c
}

func publisherOf(d *document) *contract.DataProduct {
	if d == nil {
		return nil
	}
	p, _ := contract.ParseDataProduct("data product", []byte(d.Document))
	return p
}

// verdictView is a verdict as queries return it; nil for none.
func verdictView(v *event.Verdict) *Verdict {
	if v == nil {
		return nil
	}
	view := &Verdict{
		Outcome: v.Outcome, Environment: v.Environment, Policies: v.Policies, Findings: []PolicyFinding{}, JudgedAt: v.JudgedAt.UTC(),
	}
	for _, f := range v.Findings {
		view.Findings = append(view.Findings, PolicyFinding(f))
	}
	return view
}

// Verdicts are what the policies would say of contracts if these documents were published now, in the order of the
// contracts; product may be nil. Nothing is published. Without policies every outcome is event.Unjudged.
func (m *Mesh) Verdicts(ctx context.Context, product *event.Descriptor, contracts []*event.Descriptor) []*event.Verdict {
	var publisher *document
	if product != nil {
		publisher = read(product)
	}
	all := make([]*event.Verdict, 0, len(contracts))
	for _, c := range contracts {
		b := brief{contract: read(c), product: publisher}
		m.mu.Lock()
		b.previous = m.state.before(b.contract)
		if b.product == nil {
			b.product = m.state.publishers()[c.ID]
		}
		b.verdict = m.state.verdicts[b.contract.Digest]
		b.forgotten = m.state.forgot(&b)
		m.mu.Unlock()
		if b.stands(m.opts.Policies.Digest(), m.opts.Policies.Environment()) {
			all = append(all, b.verdict)
			continue
		}
		all = append(all, m.try(ctx, b, m.opts.Clock()))
	}
	return all
}
