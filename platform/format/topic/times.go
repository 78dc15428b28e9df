package topic

import "time"

// moment is what a value's record says about it.
type moment struct {
	key       *string // nil: none, or deeper than a key is looked for
	millis    int64   // when it was published
	partition int32
}

// times is what a survey knows of a date or timestamp.
type times struct {
	n      int64
	broken bool // a value is no time
	dates  bool // some are days

	delay  float64 // publishing less the time, in milliseconds, summed, whatever its sign
	future int64   // so many lie more than the tolerance after they were published
	before int64   // so many lie before 1970

	newest map[int32]int64 // by partition
	late   int64           // milliseconds that a value was behind its partition's newest, at most
}

// tolerance is how far after its publishing an event time may lie, as the runtime judges it.
const tolerance = 5 * time.Minute

func newTimes() *times { return &times{newest: make(map[int32]int64)} }

func (t *times) add(millis int64, at *moment) {
	t.n++
	behind := at.millis - millis
	t.delay += max(float64(behind), -float64(behind))
	if behind < -tolerance.Milliseconds() {
		t.future++
	}
	if millis < 0 {
		t.before++
	}
	newest, ok := t.newest[at.partition]
	if !ok || millis > newest {
		t.newest[at.partition] = millis
		return
	}
	t.late = max(t.late, newest-millis)
}

func (t *times) merge(o *times) {
	t.n += o.n
	t.broken, t.dates = t.broken || o.broken, t.dates || o.dates
	t.delay, t.future, t.before = t.delay+o.delay, t.future+o.future, t.before+o.before
	t.late = max(t.late, o.late)
	for p, newest := range o.newest { // partitions are surveyed whole, each by one
		t.newest[p] = max(t.newest[p], newest)
	}
}

// possible tells whether the runtime takes all of them for event times.
func (t *times) possible() bool {
	return t != nil && t.n > 0 && !t.broken && t.future == 0 && t.before == 0
}
