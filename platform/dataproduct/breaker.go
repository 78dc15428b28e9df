package dataproduct

// breaker trips when too many records are rejected: then something larger than single records is wrong, and a
// person should look before the whole topic is dead letters.
type breaker struct {
	ratio  float64 // of the last window records; 0 is off
	window int
	run    int // rejections in a row; 0 is off

	ring     []bool // the last outcomes, true is rejected
	at       int
	filled   int
	rejected int
	inARow   int
}

func newBreaker(ratio float64, window, run int) *breaker {
	b := &breaker{ratio: ratio, window: window, run: run}
	if ratio > 0 && window > 0 {
		b.ring = make([]bool, window)
	}
	return b
}

// count takes one outcome and says whether the breaker trips now. The ratio counts only once the window is
// full.
func (b *breaker) count(rejected bool) bool {
	if rejected {
		b.inARow++
	} else {
		b.inARow = 0
	}
	if len(b.ring) > 0 {
		if b.ring[b.at] {
			b.rejected--
		}
		b.ring[b.at] = rejected
		if rejected {
			b.rejected++
		}
		if b.at++; b.at == len(b.ring) {
			b.at = 0
		}
		b.filled = min(b.filled+1, len(b.ring))
	}
	return b.run > 0 && b.inARow >= b.run ||
		len(b.ring) > 0 && b.filled == len(b.ring) && float64(b.rejected) > b.ratio*float64(b.filled)
}

// reset forgets what was counted, after a resume.
func (b *breaker) reset() {
	clear(b.ring)
	b.at, b.filled, b.rejected, b.inARow = 0, 0, 0, 0
}
