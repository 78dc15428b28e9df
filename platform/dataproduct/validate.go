package dataproduct

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

// validate is the third stage: the walker checks the record against its schema and the contract's rules, then
// the runtime checks what one record alone does not tell: its key, its event time against the clock and the partition, and whether it
// has what another record has and must not.
func (r *runner) validate(p *partition, it *item) *fault.Rejection {
	if it.record.Value == nil {
		return validTombstone(it.input, r.plan, it.record.Key)
	}
	w := it.writer
	if v := w.program.Walk(it.payload, w.notes); !v.OK() {
		return w.rejection(v)
	}
	if at := it.input.marks.key; at >= 0 {
		if rejected := validKey(it.record.Key, w.notes, at); rejected != nil {
			return rejected
		}
	}
	if at := it.input.marks.eventTime; at >= 0 {
		it.time, it.timed = w.notes.Millis(at)
		if it.timed {
			if rejected := r.validTime(p, it); rejected != nil {
				return rejected
			}
		}
	}
	var rejected *fault.Rejection
	if rejected, it.broken = it.input.expressions.judge(w.program, it.payload); rejected != nil {
		return rejected
	}
	return r.validUnique(p, it)
}

// validTombstone takes a null value where it can be forwarded to: on compacted ports. Its key is checked
// either way.
func validTombstone(in *inputPort, pl *plan, key []byte) *fault.Rejection {
	switch {
	case len(key) == 0:
		return &fault.Rejection{Reason: fault.KeyMissing, Message: "a tombstone without a key deletes nothing"}
	case !utf8.Valid(key):
		return &fault.Rejection{Reason: fault.KeyMismatch, Message: "the key is not UTF-8"}
	}
	compacted := in.contract.Compacted()
	for _, out := range pl.outputs {
		compacted = compacted && out.contract.Compacted()
	}
	if !compacted {
		return &fault.Rejection{Reason: fault.TombstoneUnexpected, Message: "a null value where the contract does not say tidemark.compacted"}
	}
	return nil
}

// validKey holds the record's key against the field that the contract names.
func validKey(key []byte, notes *avro.Notes, at int) *fault.Rejection {
	switch {
	case len(key) == 0:
		return &fault.Rejection{Reason: fault.KeyMissing, Message: "the record has no key; the contract names one"}
	case !utf8.Valid(key):
		return &fault.Rejection{Reason: fault.KeyMismatch, Message: "the key is not UTF-8"}
	}
	var buf [24]byte
	if want, ok := keyOf(notes, at, buf[:0]); !ok || !bytes.Equal(key, want) {
		return &fault.Rejection{Reason: fault.KeyMismatch, Message: "the record's key is not the field that the contract names"}
	}
	return nil
}

// keyOf reads the key's field as text: a string as it is, an integer in decimal. buf is room for the latter.
func keyOf(notes *avro.Notes, at int, buf []byte) ([]byte, bool) {
	if b, ok := notes.Bytes(at); ok {
		return b, true
	}
	if n, ok := notes.Long(at); ok {
		return strconv.AppendInt(buf, n, 10), true
	}
	return nil, false
}

// validTime judges the event time by the record's publish time and by what the partition has seen, never by
// our own clock: a replay years later comes to the same verdict.
func (r *runner) validTime(p *partition, it *item) *fault.Rejection {
	if freshness.Impossible(it.time, publishedAt(it)) {
		return &fault.Rejection{Reason: fault.EventTimeImpossible, Message: "the event time is before 1970 or after the record was published"}
	}
	// A replayed record was late by nature: it already waited for a person.
	if it.attempt == 0 && p.working.watermark().Late(it.time, it.input.lateness) {
		return &fault.Rejection{Reason: fault.EventTimeLate, Message: "the event time is older than the newest one by more than the contract's lateness"}
	}
	return nil
}
