package mesh

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// Codec turns a control record's value into its event; *bus.Codec is one. An error that is fault.Transient is
// tried again, any other means that the record cannot be read.
type Codec interface {
	Decode(ctx context.Context, topic string, value []byte) (event.Event, error)
}

// Ticker starts a clock that ticks every interval, and gives the function that stops it.
type Ticker func(interval time.Duration) (ticks <-chan time.Time, stop func())

// Options are what a Mesh needs. Subscriber, Codec and Ends are required.
type Options struct {
	// Subscriber reads the control topics: every partition from the beginning, without a group, as a
	// bus.Subscriber does whose Group is empty. Run does not close it.
	Subscriber message.Subscriber
	// Codec decodes what the subscriber reads.
	Codec Codec
	// Ends gives, for each control topic and partition, the offset after the last record that is there now. It
	// is called before anything is read; what lies below is what CaughtUp waits for. A partition without
	// records may be left out or be 0.
	Ends func(ctx context.Context) (map[string]map[int32]int64, error)
	// Send publishes what the platform decides: lost instances and breaches. It must not block, and may drop:
	// what did not come back through the topics is sent again. Default: nothing is sent.
	Send func(event.Event)
	// Policies judge each contract that is published, when it or what is judged with it changes, and all of them
	// every Rejudge (default 10 minutes), since time may change a verdict; the mesh sends what changed. Nil judges
	// nothing.
	Policies Policies
	Rejudge  time.Duration
	// Name is the platform's own, told in verdicts; default "platform".
	Name string
	// Clock tells the time; default time.Now.
	Clock func() time.Time
	// Ticker drives the judge, and JudgeEvery says how often; default a time.Ticker, and 500 ms, so that a
	// breach is known within a second of its deadline.
	Ticker     Ticker
	JudgeEvery time.Duration
	// Logger hears of records that are skipped, and of what the judge decides; default discards.
	Logger *slog.Logger
}

func (o *Options) ensureDefaults() {
	if o.Send == nil {
		o.Send = func(event.Event) {}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Ticker == nil {
		o.Ticker = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	if o.Rejudge <= 0 {
		o.Rejudge = 10 * time.Minute
	}
	if o.Name == "" {
		o.Name = "platform"
	}
	if o.JudgeEvery <= 0 {
		o.JudgeEvery = 500 * time.Millisecond
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// Mesh is what the mesh knows. Its methods are safe for concurrent use; queries may be asked before and while it
// runs.
type Mesh struct {
	opts Options

	mu       sync.Mutex
	state    *state
	judge    *judge
	progress *progress
	court    *court // nil without policies
	skipped  int64
	revision uint64
	changed  chan struct{} // closed at the next change; nil while nobody waits
}

// New makes a mesh that knows nothing yet; see Run.
func New(o Options) *Mesh {
	o.ensureDefaults()
	m := &Mesh{opts: o, state: newState(), judge: newJudge(), progress: newProgress()}
	if o.Policies != nil {
		m.court = newCourt()
	}
	return m
}

// CaughtUp says whether everything was folded in that was in the control topics when Run began.
func (m *Mesh) CaughtUp() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.progress.done
}

// Behind is how many records are to be folded in until CaughtUp; 0 also before it is known.
func (m *Mesh) Behind() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.progress.behind()
}

// Skipped is how many control records could not be decoded.
func (m *Mesh) Skipped() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.skipped
}

// Revision rises with every change of what the mesh knows.
func (m *Mesh) Revision() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.revision
}

// Wait blocks until the revision is above the given one or ctx ends, and returns the revision then. A caller
// that shows what it knows asks, shows, and waits with the revision from before it asked.
func (m *Mesh) Wait(ctx context.Context, revision uint64) uint64 {
	for {
		m.mu.Lock()
		now := m.revision
		if now > revision {
			m.mu.Unlock()
			return now
		}
		if m.changed == nil {
			m.changed = make(chan struct{})
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return now
		}
	}
}

// touch notes a change; the lock is held.
func (m *Mesh) touch() {
	m.revision++
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}
