package traffic

import (
	"math/rand/v2"
	"time"
)

const (
	secondsPerDay = 24 * 60 * 60
	second        = int64(1000) // in milliseconds, as all moments here
	minute        = 60 * second
	hour          = 60 * minute
	day           = 24 * hour
)

// calendar moves the file's days so that its last order is placed at base. It moves them by whole days, so that the
// days between an order and its shipment stay what the file says.
type calendar struct {
	lastDay int   // of the file, in days since 1970
	base    int64 // Unix milliseconds
}

func newCalendar(orders []Order, base time.Time) calendar {
	c := calendar{base: base.UnixMilli()}
	for i := range orders {
		c.lastDay = max(c.lastDay, orders[i].Day)
	}
	return c
}

// midnight is when a day of the file begins, in UTC.
func (c calendar) midnight(fileDay int) int64 {
	return c.base - c.base%day + int64(fileDay-c.lastDay)*day
}

// place chooses when on its day an order was placed: between six in the morning and eight in the evening, on the
// last day up to the base. The file's last order is placed at the base itself.
func (c calendar) place(fileDay int, last bool, r *rand.Rand) int64 {
	switch {
	case last:
		return c.base
	case fileDay == c.lastDay:
		return c.midnight(fileDay) + r.Int64N(c.base%day+1)
	}
	return c.midnight(fileDay) + 6*hour + r.Int64N(14*hour)
}

// Streams of random numbers. Each thing that the generator invents has a stream of its own, so that what one order
// gets does not hang on how many orders came before it.
const (
	streamOrder = iota + 1
	streamLiveOrder
	streamProduct
	streamCustomer
	streamCampaign
	streamTick
	streamBad
)

// random opens the stream of the nth thing of a kind. The same seed gives the same numbers, on every machine.
func random(seed uint64, stream uint64, n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream<<56|n))
}

// between gives a moment from low to below high milliseconds.
func between(r *rand.Rand, low, high int64) int64 { return low + r.Int64N(high-low) }

// chance is true with probability p.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
