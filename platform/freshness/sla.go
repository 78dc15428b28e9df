package freshness

import "time"

// Partition is what is known of one input partition of a port.
type Partition struct {
	// Newest is the newest accepted event time; zero if nothing was accepted yet.
	Newest time.Time
	// Since is when the partition left idleness, or was first heard of. A deadline is not counted from before:
	// a record that ends an hour of silence is not an hour late. Zero counts from Newest alone.
	Since time.Time
	// Idle as in event.Freshness: everything has its outcome and nothing came for a while.
	Idle bool
}

// Freshness is now minus the newest event time of the slowest partition that is not idle. If all are idle,
// nothing holds the port up, and it is now minus the newest event time of all. It is false where no partition
// that counts has accepted anything. It may be negative by what clocks differ.
func Freshness(now time.Time, partitions []Partition) (time.Duration, bool) {
	at, ok := Reached(partitions)
	if !ok {
		return 0, false
	}
	return now.Sub(at), true
}

// Reached is the event time up to which the port's data is complete: the time that Freshness counts from.
func Reached(partitions []Partition) (time.Time, bool) {
	var slowest, newest time.Time
	for _, p := range partitions {
		if p.Newest.IsZero() {
			continue
		}
		if !p.Idle && (slowest.IsZero() || p.Newest.Before(slowest)) {
			slowest = p.Newest
		}
		if p.Newest.After(newest) {
			newest = p.Newest
		}
	}
	if slowest.IsZero() {
		slowest = newest
	}
	return slowest, !slowest.IsZero()
}

// Deadline is when a promised freshness breaks unless something newer is accepted before: promise after the
// slowest partition that is not idle. It is false while every partition is idle (see Silence), or there is
// none. The breach starts at the deadline, so that everybody who sees the same partitions names the same
// start.
func Deadline(promise time.Duration, partitions []Partition) (time.Time, bool) {
	var slowest time.Time
	for _, p := range partitions {
		if p.Idle {
			continue
		}
		if from := p.from(); slowest.IsZero() || from.Before(slowest) {
			slowest = from
		}
	}
	if slowest.IsZero() {
		return time.Time{}, false
	}
	return slowest.Add(promise), true
}

// Silence is the deadline of a port whose partitions are all idle and whose silence counts, since nobody else
// answers for it: promise after the newest event time, or after the port was first heard of.
func Silence(promise time.Duration, partitions []Partition) (time.Time, bool) {
	var newest, heard time.Time
	for _, p := range partitions {
		if p.Newest.After(newest) {
			newest = p.Newest
		}
		if heard.IsZero() || p.Since.Before(heard) {
			heard = p.Since
		}
	}
	if newest.IsZero() {
		newest = heard
	}
	if newest.IsZero() {
		return time.Time{}, false
	}
	return newest.Add(promise), true
}

// from is what the partition's deadline counts from.
func (p Partition) from() time.Time {
	if p.Since.After(p.Newest) {
		return p.Since
	}
	return p.Newest
}

// Next is when something has to be looked at again: the earliest deadline after now, and at the latest now plus
// limit. The zero time is no deadline.
func Next(now time.Time, limit time.Duration, deadlines ...time.Time) time.Time {
	next := now.Add(limit)
	for _, d := range deadlines {
		if d.After(now) && d.Before(next) {
			next = d
		}
	}
	return next
}

// Completeness is accepted / (accepted + rejected); false where there was neither. What a declared filter
// dropped does not count.
func Completeness(accepted, rejected int64) (float64, bool) {
	if accepted+rejected <= 0 {
		return 0, false
	}
	return float64(accepted) / float64(accepted+rejected), true
}
