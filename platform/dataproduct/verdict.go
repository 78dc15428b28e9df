package dataproduct

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// verdictWait is how long a data product waits for the platform's verdict.
const verdictWait = 10 * time.Second

// verdicts are what the platform's policies say, read from their topic while a data product waits to start.
type verdicts struct {
	mu      sync.Mutex
	newest  map[string]*event.Verdict // by contract digest
	current bool                      // what was there when the reading began is read
	changed chan struct{}             // closed at the next change
	readers int
	stop    context.CancelFunc
}

// admit waits until the policies have judged every contract that the data product publishes, as it publishes it. It
// gives a fault.Fatal that says what they found when one is denied, and unjudged where nobody said anything in time:
// the platform may be away, and data does not wait for it, unless the contract demands a verdict.
func (h *host) admit(ctx context.Context, pl *plan) (unjudged string, err error) {
	if h.cfg.VerdictWait < 0 || len(pl.outputs) == 0 {
		return "", nil
	}
	defer h.verdicts.follow(h)()
	timer := time.NewTimer(h.cfg.VerdictWait)
	defer timer.Stop()
	deadline, late := timer.C, false
	for {
		missing, changed, err := h.verdicts.on(pl, late)
		if err != nil || len(missing) == 0 {
			return "", err
		}
		if late {
			if demanded(pl, missing) {
				h.log.Warn("waiting for the platform's verdict, which a contract demands", "data_product", pl.ID(), "contracts", missing)
				deadline, late = nil, false
				continue
			}
			return fmt.Sprintf("unjudged: no verdict on %s within %s", strings.Join(missing, ", "), h.cfg.VerdictWait), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-changed:
		case <-deadline:
			late = true
		}
	}
}

// demanded tells whether one of the contracts says that its data product may not run without a verdict.
func demanded(pl *plan, missing []string) bool {
	for _, out := range pl.outputs {
		for _, id := range missing {
			if out.contract.ID == id && out.contract.VerdictRequired() {
				return true
			}
		}
	}
	return false
}

// on gives the ids of contracts without a verdict on what the data product publishes, and what is closed when more
// is known. A verdict counts once all that was there is read, since a newer one may follow; one that was given with another
// version of the data product counts only if it denies and nobody says better in time.
func (v *verdicts) on(pl *plan, late bool) (missing []string, changed <-chan struct{}, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, out := range pl.outputs {
		verdict := v.newest[out.contract.Digest()]
		switch {
		case !v.current || verdict == nil, !late && verdict.DataProductDigest != pl.doc.Digest():
			missing = append(missing, out.contract.ID)
		case verdict.Outcome == event.Denied:
			return nil, nil, denied(pl, verdict)
		}
	}
	return missing, v.changed, nil
}

// denied is the error of a data product that may not start.
func denied(pl *plan, verdict *event.Verdict) error {
	var why []string
	for _, f := range verdict.Findings {
		if f.Severity == "error" {
			why = append(why, f.Rule+": "+f.Message)
		}
	}
	return fault.Fatally(fmt.Errorf("the platform's policies deny contract %s %s of %s: %s; change the contract (tidemark check says the same), or the policies",
		verdict.Contract, verdict.Version, pl.ID(), strings.Join(why, "; ")))
}

// follow reads the verdicts from when the first waits until the last has stopped, which the function given back says.
func (v *verdicts) follow(h *host) (leave func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.readers++; v.readers == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		v.newest, v.current, v.changed, v.stop = map[string]*event.Verdict{}, false, make(chan struct{}), cancel
		h.reading.Go(func() { v.read(ctx, h) })
	}
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.readers--; v.readers == 0 {
			v.stop()
		}
	}
}

// read goes on until ctx ends, over whatever goes wrong.
func (v *verdicts) read(ctx context.Context, h *host) {
	for tries := 0; ctx.Err() == nil; tries++ {
		err := v.readOnce(ctx, h)
		if ctx.Err() != nil {
			return
		}
		h.log.Warn("the platform's verdicts cannot be read yet; trying again", "reason", err)
		if !h.pause(ctx, tries) {
			return
		}
	}
}

func (v *verdicts) readOnce(ctx context.Context, h *host) error {
	codec, err := bus.NewCodec(h.cfg.Control, h.registry)
	if err != nil {
		return err
	}
	ends, err := h.admin.Ends(ctx, event.TopicVerdicts)
	if err != nil {
		return err
	}
	reached := func(at kafka.TopicPartition, next int64) {
		if end, waited := ends[at]; waited && next >= end {
			delete(ends, at)
		}
	}
	reader, err := kafka.NewReader(h.cfg.Kafka, kafka.ReaderOptions{
		Topics: []string{event.TopicVerdicts},
		Skipped: func(at kafka.TopicPartition, from, to int64) {
			h.log.Error("verdicts are passed over: their batch is too large when it is decompressed",
				"input", at.String(), "from", from, "to", to, "next", "see who wrote it; a larger kafka.Config.MaxBatchBytes would read it")
			reached(at, to)
		},
	})
	if err != nil {
		return err
	}
	defer reader.Close()
	v.reached(ends)
	for {
		records, err := reader.Poll(ctx)
		if err != nil {
			return err
		}
		for _, r := range records {
			at := kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}
			if len(r.Value) > 0 {
				e, err := codec.Decode(ctx, r.Topic, r.Value)
				if fault.KindOf(err) == fault.Transient {
					return err
				}
				if verdict, ok := e.(*event.Verdict); ok && err == nil {
					v.learn(verdict)
				}
			}
			reached(at, r.Offset+1)
		}
		v.reached(ends)
	}
}

func (v *verdicts) learn(verdict *event.Verdict) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.newest[verdict.Digest] = verdict
}

// reached tells those who wait what is known now; behind are the partitions of which not all that was there is read.
func (v *verdicts) reached(behind map[kafka.TopicPartition]int64) {
	for tp, end := range behind {
		if end == 0 {
			delete(behind, tp)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.current = v.current || len(behind) == 0
	close(v.changed)
	v.changed = make(chan struct{})
}
