package kafka

import "errors"

// writer is the producer id and epoch under which a transaction's records were written.
//
// The client (1.22.2) takes a new epoch in the middle of a transaction, and says nothing, where a broker no longer knows the
// producer since all that it wrote to a partition has been deleted. That aborts what was written before, and the rest would be
// committed without it.
type writer struct {
	id      int64
	epoch   int16
	any     bool
	changed bool
}

// wrote notes a record that was acknowledged.
func (w *writer) wrote(r *Record) {
	if !w.any {
		w.id, w.epoch, w.any = r.ProducerID, r.ProducerEpoch, true
	}
	w.changed = w.changed || w.id != r.ProducerID || w.epoch != r.ProducerEpoch
}

// whole gives an error when some of the records were aborted.
func (w *writer) whole() error {
	if w.changed {
		return errors.New("flush: the producer id was renewed in the middle of the transaction, which aborted a part of it")
	}
	return nil
}
