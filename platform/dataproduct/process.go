package dataproduct

import (
	"errors"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// errTripped stops a round where the circuit breaker opened.
var errTripped = errors.New("too many rejects: the circuit breaker opened")

// process takes one record through the stages to its one outcome: emitted, dead-lettered or filtered (observe:
// conforming or violating). An error is nobody's verdict: the record has no outcome yet and must come again.
func (r *runner) process(s *slot, p *partition, record *kafka.Record) error {
	it := &r.item
	*it = newItem(record, p.input)
	it.trace = r.trace(it)
	var err error
	if p.input == nil {
		err = r.processReplay(s, p, it)
	} else {
		err = r.judge(s, p, it)
	}
	if errors.Is(err, errTripped) {
		it.trace.end(nil)
	} else {
		it.trace.end(err)
	}
	return err
}

// judge takes a record whose input is known to its outcome.
func (r *runner) judge(s *slot, p *partition, it *item) error {
	rejected, err := r.decode(s.ctx, it)
	it.trace.stage("decode")
	if err != nil {
		return err
	}
	if rejected == nil {
		rejected = r.validate(p, it)
		it.trace.stage("validate")
	}
	if rejected != nil {
		return r.reject(s, p, it, rejected)
	}
	return r.accept(s, p, it)
}

// processReplay takes a record of the retry topic to its outcome.
func (r *runner) processReplay(s *slot, p *partition, it *item) error {
	mark := len(p.attempts.undo)
	replayed, rejected := r.replayed(p, it)
	var err error
	switch {
	case rejected != nil:
		err = r.reject(s, p, it, rejected)
	case replayed:
		err = r.judge(s, p, it)
	default:
		p.filtered.add(filterReplayed, 1)
		p.finish(it.stand)
	}
	if err != nil && !errors.Is(err, errTripped) {
		p.attempts.rollbackTo(mark) // it has no outcome, so its replay comes again
	}
	return err
}

// The runtime's own filters: replays of what was replayed before, and replays that are rejected again. Neither is
// another record, so neither may count as one.
const (
	filterReplayed      = "replayed-before"
	filterRejectedAgain = "rejected-again"
)

// replayed finds the identity of a record on the retry topic, and says whether this replay is new.
func (r *runner) replayed(p *partition, it *item) (bool, *fault.Rejection) {
	o, attempt, ok := originOf(it.record)
	if ok {
		it.input = r.plan.input(o.topic)
	}
	if it.input == nil {
		return false, &fault.Rejection{Reason: fault.FrameBad, Message: "a replay without the original coordinates, or of a topic that is no input of this data product"}
	}
	it.origin, it.attempt = o, attempt
	return p.attempts.first(o, attempt), nil
}

// outputs gives what is to be published of a valid record, by its mode. Nothing happens yet: what it counts waits for
// the record to be accepted.
func (r *runner) outputs(it *item) ([]*kafka.Record, *fault.Rejection, error) {
	r.emit.reset()
	r.counting.reset()
	switch {
	case r.plan.mode == ModeObserve:
		if it.writer != nil {
			r.counting.take(nil, it.input.quality, it.writer.notes)
		}
		return nil, nil, nil
	case r.plan.mode == ModeGuard:
		return r.guard(it)
	case it.record.Value == nil:
		return r.tombstones(it), nil, nil
	}
	rejected, err := r.transform(it)
	it.trace.stage("transform")
	if rejected != nil || err != nil || r.emit.filter != "" {
		return nil, rejected, err
	}
	out, rejected := r.check(it)
	it.trace.stage("check")
	return out, rejected, nil
}

// accept publishes what comes of a valid record.
func (r *runner) accept(s *slot, p *partition, it *item) error {
	out, rejected, err := r.outputs(it)
	switch {
	case err != nil:
		return err
	case rejected != nil:
		return r.reject(s, p, it, rejected)
	}
	r.claim(it)
	r.unchecked(p, it)
	if r.emit.filter != "" {
		p.filtered.add(r.emit.filter, 1)
		it.trace.outcome("filtered", nil)
		return r.done(p, it, false)
	}
	for i, rec := range out {
		p.emitted[r.outPorts[i].index]++
		it.trace.carry(s, it, rec, false)
		r.publish(s, rec)
	}
	it.trace.outcome(accepted(r.plan.mode), nil)
	r.counting.count(p, r.clock)
	p.working.Accepted++
	p.working.see(it.time, r.clock) // 0 where there is none
	return r.done(p, it, false)
}

// accepted is the outcome of a record that was.
func accepted(m Mode) string {
	if m == ModeObserve {
		return "conforming"
	}
	return "emitted"
}

// reject gives a record its dead letter; an observer only notes where it stands.
func (r *runner) reject(s *slot, p *partition, it *item, rejected *fault.Rejection) error {
	if it.attempt > 0 {
		p.filtered.add(filterRejectedAgain, 1) // it was counted when it was first rejected
	} else {
		p.rejected.add(string(rejected.Reason), 1)
	}
	if r.plan.mode == ModeObserve {
		p.sawViolation(it.stand.offset, string(rejected.Reason))
		it.trace.outcome("violating", rejected)
	} else {
		it.trace.outcome("dead-lettered", rejected)
		letter := r.deadLetter(p, it, rejected)
		it.trace.carry(s, it, letter, true)
		r.publish(s, letter)
	}
	return r.done(p, it, true)
}

// done closes a record. A tripped breaker ends the round after it.
func (r *runner) done(p *partition, it *item, rejected bool) error {
	if it.writer != nil && it.writer.notes != nil && !rejected {
		for _, rule := range it.writer.notes.Warnings() {
			p.warned.add(it.writer.program.Rules()[rule].ID, 1)
		}
		for _, rule := range it.broken {
			p.warned.add(rule, 1)
		}
	}
	if it.id > 0 {
		p.sawSchema(it.id)
	}
	p.finish(it.stand)
	if r.breaker.count(rejected) {
		return errTripped
	}
	return nil
}
