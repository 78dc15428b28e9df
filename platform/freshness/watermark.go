package freshness

import "time"

// Watermark is how far one input partition reaches in event time. The zero value has accepted nothing yet. It
// is a value: a copy taken before a transaction restores it when the transaction is aborted.
type Watermark struct {
	newest int64
	known  bool
}

// NewWatermark resumes from a newest accepted event time, in Unix milliseconds.
func NewWatermark(newest int64) Watermark { return Watermark{newest: newest, known: true} }

// Accept notes the event time of an accepted record, in Unix milliseconds. A watermark never goes back.
func (w *Watermark) Accept(eventTime int64) {
	if !w.known || eventTime > w.newest {
		w.newest, w.known = eventTime, true
	}
}

// Newest is the newest accepted event time in Unix milliseconds; false before the first.
func (w Watermark) Newest() (int64, bool) { return w.newest, w.known }

// Time is Newest as a time in UTC, nil before the first; that is how event.Freshness carries it.
func (w Watermark) Time() *time.Time {
	if !w.known {
		return nil
	}
	t := time.UnixMilli(w.newest).UTC()
	return &t
}

// Late says whether an event time (Unix milliseconds) is older than the newest accepted one by more than
// lateness. Nothing is late where the contract allows any lateness (0), or before the first accepted record.
func (w Watermark) Late(eventTime int64, lateness time.Duration) bool {
	return w.known && lateness > 0 && w.newest-eventTime > lateness.Milliseconds()
}

// Ahead is how far an event time may be after the record's own Kafka timestamp: clocks differ a little.
const Ahead = 5 * time.Minute

// Impossible says whether an event time cannot be true: before 1970, or more than Ahead after the record was
// published. Both are Unix milliseconds; published is the record's Kafka timestamp.
func Impossible(eventTime, published int64) bool {
	return eventTime < 0 || eventTime-published > Ahead.Milliseconds()
}

// Idle says whether an input partition is idle at now: every record below end, its last stable offset, has its
// outcome, and none came for at least after. A negative end is not known, so nothing is idle; lastRecord is
// when the partition's last record came, or when it was assigned if none did.
func Idle(now, lastRecord time.Time, position, end int64, after time.Duration) bool {
	return end >= 0 && position >= end && now.Sub(lastRecord) >= after
}
