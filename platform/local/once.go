package local

import (
	"context"
	"math"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

// stalled is how long nothing may move before Once stops waiting and says what is missing.
const stalled = 20 * time.Second

// Once replays the file once at full speed, waits until every record has its outcome, reads the topics back and compares
// everything with the ledger: what the platform heard, what the topics hold, the dead letters and their reasons, the
// sums, and the consumer groups' positions. Differences are in the Summary; an error says that it could not be done.
func (m *Mesh) Once(ctx context.Context) (*Summary, error) {
	began := m.opts.Clock()
	resumed := m.traffic.Ledger().Done > 0
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case err := <-m.crew.failed:
			stop(err)
		case <-ctx.Done():
		}
	}()
	s, err := m.once(ctx, began, resumed)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	return s, err
}

func (m *Mesh) once(ctx context.Context, began time.Time, resumed bool) (*Summary, error) {
	if err := m.traffic.Backfill(ctx); err != nil {
		return nil, err
	}
	ledger := m.traffic.Ledger()
	var expected []traffic.Expected
	for _, e := range ledger.Expect() {
		if !m.absent[e.DataProduct] {
			expected = append(expected, e)
		}
	}
	if err := m.awaitOutcomes(ctx, expected); err != nil {
		return nil, err
	}
	s := &Summary{
		ReadySeconds: seconds(m.readyAfter), RunSeconds: seconds(m.opts.Clock().Sub(began)),
		Injected: ledger.Injected(), Ports: []PortSummary{}, Reasons: map[fault.Reason]int64{}, Instances: len(m.crew.members),
	}
	for _, member := range m.crew.members {
		s.DataProducts += len(member.instance.States())
	}
	if err := m.judge(ctx, s, ledger, expected, resumed); err != nil {
		return nil, err
	}
	s.OK = len(s.Differences) == 0
	return s, nil
}

// seconds are rounded to milliseconds.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// awaitOutcomes waits until the platform has heard of as many outcomes as there are input records, or until nothing
// moved for long: then the comparison says what is missing.
func (m *Mesh) awaitOutcomes(ctx context.Context, expected []traffic.Expected) error {
	known := m.platform.Mesh()
	last, moved := int64(-1), m.opts.Clock()
	for {
		revision := known.Revision()
		missing, total := false, int64(0)
		for _, e := range expected {
			port, _ := known.Port(e.Ports[0].Port)
			n := outcomes(port.Health)
			total += n
			missing = missing || n < e.In || !covers(port, e)
		}
		if !missing {
			return nil
		}
		if total != last {
			last, moved = total, m.opts.Clock()
		}
		if m.opts.Clock().Sub(moved) > stalled {
			return nil
		}
		waiting, cancel := context.WithTimeout(ctx, time.Second)
		known.Wait(waiting, revision)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func outcomes(h mesh.Health) int64 { return h.Accepted + sum(h.Rejected) + sum(h.Filtered) }

// covers says whether the platform has heard of all ports' records: the counts of one report come port by port.
func covers(first mesh.Port, e traffic.Expected) bool {
	return first.Mode == string(contract.Observe) || first.Health.RecordCount >= e.Ports[0].Records
}

func sum(counts map[string]int64) int64 {
	var n int64
	for _, m := range counts {
		n += m
	}
	return n
}
