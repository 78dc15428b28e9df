package traffic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Config says what the shop is like.
type Config struct {
	// Instance is where and how the shop's data products run, as of any instance.
	Instance dataproduct.Config
	// Seed of everything that is invented. nil takes the stored ledger's, else 1.
	Seed *uint64
	// Bad is how many bad events there are for each good one, from 0 to 1.
	Bad float64
	// Speed is how many orders a second the live phase places; 0 is none.
	Speed float64
	// Progress hears how much of the backfill is published, after each transaction; nil is nobody.
	Progress func(done, total int)
}

// Traffic is the running shop. Its methods are for one goroutine at a time, but for Published and Trouble.
type Traffic struct {
	cfg      Config
	log      *slog.Logger
	now      func() time.Time
	source   *dataproduct.SourceInstance
	outlets  outlets
	ledger   *Ledger // as committed
	shop     *shop
	agenda   []entry
	backfill int // how many of the agenda's entries are the backfill
	told     atomic.Pointer[told]
}

// told is what other goroutines may know.
type told struct {
	ledger  *Ledger // never changed again
	trouble error   // why the newest transaction was not committed
}

// batch is how many good events one transaction of the backfill has.
const batch = 500

// Open makes the shop ready: its topics and subjects are there when it returns, and it knows how far an earlier
// process came. It waits for a broker or a registry that is away until ctx ends.
func Open(ctx context.Context, cfg Config) (*Traffic, error) {
	if cfg.Bad < 0 || cfg.Bad > 1 || math.IsNaN(cfg.Bad) {
		return nil, fmt.Errorf("%g bad events for each good one: give a ratio from 0 to 1", cfg.Bad)
	}
	if cfg.Speed < 0 || math.IsNaN(cfg.Speed) || math.IsInf(cfg.Speed, 0) {
		return nil, fmt.Errorf("%g orders a second: give a number that is not negative", cfg.Speed)
	}
	t := &Traffic{cfg: cfg, log: cfg.Instance.Logger, now: cfg.Instance.Clock}
	if t.log == nil {
		t.log = slog.Default()
	}
	if t.now == nil {
		t.now = time.Now
	}
	orders, err := File()
	if err != nil {
		return nil, err
	}
	set, findings := contract.Load(cfg.Instance.Contracts)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			return nil, fmt.Errorf("the contracts have errors, the first is: %s", f)
		}
	}
	if t.source, err = dataproduct.OpenSource(ctx, cfg.Instance, DataProducts()...); err != nil {
		return nil, err
	}
	if err := t.resume(ctx, orders, set); err != nil {
		return nil, errors.Join(err, t.source.Close(context.WithoutCancel(ctx)))
	}
	return t, nil
}

func (t *Traffic) resume(ctx context.Context, orders []Order, set *contract.Set) (err error) {
	if t.ledger, err = t.stored(); err != nil {
		return err
	}
	t.shop = newShop(orders, t.ledger.Seed, at(t.ledger.Base))
	t.agenda, t.backfill = newAgenda(t.shop)
	if t.outlets, err = openOutlets(ctx, opening{source: t.source, contracts: set, registry: t.cfg.Instance.Registry}); err != nil {
		return err
	}
	t.source.SetBackfill(t.ledger.Done < t.backfill)
	t.tell(nil)
	return nil
}

func (t *Traffic) tell(trouble error) { t.told.Store(&told{t.ledger, trouble}) }

// Published is what was published so far, by all processes together. It may be called from any goroutine.
func (t *Traffic) Published() *Ledger { return t.told.Load().ledger.clone() }

// Trouble gives nil while the shop publishes, else why it cannot now and tries again. It may be called from any goroutine.
func (t *Traffic) Trouble() error { return t.told.Load().trouble }

// stored is the ledger of the last committed transaction, or a new one.
func (t *Traffic) stored() (*Ledger, error) {
	text := t.source.LastCheckpoint()
	if len(text) == 0 {
		if t.ledger != nil { // nothing was committed yet, and the base stays
			return newLedger(t.ledger.Seed, t.ledger.Base), nil
		}
		seed := uint64(1)
		if t.cfg.Seed != nil {
			seed = *t.cfg.Seed
		}
		return newLedger(seed, t.now().UnixMilli()), nil
	}
	l, err := decodeLedger(text)
	if err != nil {
		return nil, err
	}
	if t.cfg.Seed != nil && *t.cfg.Seed != l.Seed {
		return nil, fmt.Errorf("the data were made with --seed %d and cannot go on with --seed %d; leave --seed out, or use another --data folder", l.Seed, *t.cfg.Seed)
	}
	return l, nil
}

// Ledger is what was published so far, by all processes together.
func (t *Traffic) Ledger() *Ledger { return t.ledger.clone() }

// Backfill publishes what the file's orders made happen up to the base, at full speed, and goes on where an earlier
// process stopped. It blocks until that is done or ctx ends. After it nobody takes the ports for backfilling any more.
func (t *Traffic) Backfill(ctx context.Context) error {
	t.progress()
	for t.ledger.Done < t.backfill {
		err := t.transact(ctx, func(tx *transaction) error {
			until := min(tx.ledger.Done+batch, t.backfill)
			for ; tx.ledger.Done < until; tx.ledger.Done++ {
				if err := tx.put(t.shop.event(t.agenda[tx.ledger.Done])); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		t.progress()
	}
	t.source.SetBackfill(false)
	return nil
}

func (t *Traffic) progress() {
	if t.cfg.Progress != nil {
		t.cfg.Progress(t.ledger.Done, t.backfill)
	}
}

// Bounds of one transaction of the live phase.
const (
	ticksAtMost = 100
	liveAtLeast = 20 * time.Millisecond // between two transactions
)

// Live publishes what goes on from now on: what the file's orders still bring, when it is due, and new orders for
// ever. While nobody ran it, the shop was closed: ticks are counted, not timed. It blocks until ctx ends.
func (t *Traffic) Live(ctx context.Context) error {
	opened, first := t.now(), t.ledger.Tick
	for {
		now := t.now()
		until := first
		if t.cfg.Speed > 0 {
			until += int64(now.Sub(opened).Seconds()*t.cfg.Speed) + 1
		}
		err := t.transact(ctx, func(tx *transaction) error { return t.goOn(tx, now, until) })
		if err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // it was told to end
			}
			return err
		}
		if !t.wait(ctx, opened, first) {
			return nil
		}
	}
}

// goOn adds what is due: first of the file, since that is older, then of the ticks.
func (t *Traffic) goOn(tx *transaction, now time.Time, until int64) error {
	l := tx.ledger
	for n := 0; l.Done < len(t.agenda) && t.agenda[l.Done].at <= now.UnixMilli(); n++ {
		if n == batch {
			return nil // the rest of the file's, and then the ticks, come in the next transaction
		}
		if err := tx.put(t.shop.event(t.agenda[l.Done])); err != nil {
			return err
		}
		l.Done++
	}
	for n := 0; l.Tick < until && n < ticksAtMost; n++ {
		for _, e := range t.shop.tick(tick{n: l.Tick, now: now.UnixMilli(), period: 1000 / t.cfg.Speed}) {
			if err := tx.put(e); err != nil {
				return err
			}
		}
		l.Tick++
	}
	return nil
}

// wait sleeps until something is due; false when ctx ended.
func (t *Traffic) wait(ctx context.Context, opened time.Time, first int64) bool {
	next := time.Minute
	if t.cfg.Speed > 0 {
		due := opened.Add(time.Duration(float64(t.ledger.Tick-first) / t.cfg.Speed * float64(time.Second)))
		next = min(next, due.Sub(t.now()))
	}
	if t.ledger.Done < len(t.agenda) {
		next = min(next, at(t.agenda[t.ledger.Done].at).Sub(t.now()))
	}
	return sleep(ctx, max(next, liveAtLeast))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Close lets go of the brokers. What was committed stays.
func (t *Traffic) Close(ctx context.Context) error { return t.source.Close(ctx) }

// transaction is one batch of events with the ledger that will count them.
type transaction struct {
	*Traffic
	ctx    context.Context
	tx     *dataproduct.Tx
	ledger *Ledger
	puts   int
}

// put adds a good event and, where its turn has come, a bad one made from it.
func (tx *transaction) put(e Event) error {
	outlet := tx.outlets[e.Port]
	if err := outlet.add(tx.tx, &e); err != nil {
		return fmt.Errorf("event %s of port %s: %w", e.Key, e.Port, err)
	}
	tx.puts++
	count := tx.ledger.port(e.Port)
	class, r, ok := due(tx.ledger.Seed, e.Port, tx.cfg.Bad, count)
	tx.ledger.note(&e)
	if !ok || e.Tag != "" { // a tagged event may come to nothing, so a late one after it would not be certain
		return nil
	}
	bad := spoiled{port: outlet.spec, class: class, good: e, lateness: outlet.lateness, now: tx.now(), random: r}
	value, err := bad.value()
	if err != nil {
		return fmt.Errorf("spoil event %s of port %s as %s: %w", e.Key, e.Port, class, err)
	}
	tx.tx.Raw(&kafka.Record{Topic: outlet.topic, Key: []byte(e.Key), Value: value})
	tx.ledger.noteBad(e.Port, class)
	return nil
}

// transact publishes a batch and its ledger, all or nothing. When the brokers are away it tries again until ctx ends;
// what they then turn out to have is where it goes on.
func (t *Traffic) transact(ctx context.Context, fill func(*transaction) error) error {
	for tries := 0; ; tries++ {
		next := t.ledger.clone()
		err := t.source.Atomically(ctx, func(tx *dataproduct.Tx) error {
			batch := &transaction{Traffic: t, ctx: ctx, tx: tx, ledger: next}
			if err := fill(batch); err != nil || batch.puts == 0 {
				return err
			}
			text, err := next.encode()
			tx.Checkpoint(text)
			return err
		})
		if err == nil {
			t.ledger = next
			t.tell(nil)
			return nil
		}
		if ctx.Err() != nil || fault.KindOf(err) != fault.Transient {
			return fmt.Errorf("publish the shop's events: %w", err)
		}
		t.log.Warn("the shop cannot publish; trying again", "reason", err)
		t.tell(err)
		committed, err := t.reopen(ctx, tries)
		if err != nil {
			return err
		}
		advanced := committed.Done != t.ledger.Done || committed.Tick != t.ledger.Tick
		t.ledger = committed
		t.tell(nil)
		if advanced { // the commit came through, only its answer was lost
			return nil
		}
	}
}

// reopen waits until the source works again, which an empty transaction shows, and reads what was committed.
func (t *Traffic) reopen(ctx context.Context, tries int) (*Ledger, error) {
	for {
		if !sleep(ctx, min(5*time.Second, 100*time.Millisecond<<min(tries, 6))) {
			return nil, ctx.Err()
		}
		tries++
		err := t.source.Atomically(ctx, func(*dataproduct.Tx) error { return nil })
		if err == nil {
			return t.stored()
		}
		if ctx.Err() != nil || fault.KindOf(err) != fault.Transient {
			return nil, err
		}
	}
}
