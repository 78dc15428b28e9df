package traffic

import (
	"math/rand/v2"
	"strconv"
)

// moment is something that happens to an order, in the order in which things happen.
type moment uint8

const (
	placed moment = iota
	declined
	authorised
	captured
	cancelled
	allocated
	packed
	dispatched
	pickedUp
	atFirstHub
	atSecondHub
	exception
	outForDelivery
	delivered
	lost
	returned
	refunded
	moments // how many there are
)

// story is what happened to one order.
type story struct {
	order *Order
	at    [moments]int64 // Unix milliseconds; 0 = never
	test  bool

	channel   string
	method    string // of payment
	cardLast4 string // "" = no card
	refund    Money
	note      string // why it was cancelled or returned
	carrier   string
	parcels   []Parcel
	firstHub  string
	secondHub string
	attempt   int // the payment that succeeded, from 1; the last that failed
}

func (s *story) has(m moment) bool { return s.at[m] != 0 }

// tell invents an order's story. live orders may also be cancelled, which no order of the file was.
func tell(o *Order, live bool, r *rand.Rand) story {
	s := story{order: o, attempt: 1}
	s.channel = pick(r, "web", "web", "web", "app", "app", "store", "phone")
	s.method = pick(r, "card", "card", "card", "wallet", "bankTransfer")
	if o.Segment != "consumer" && chance(r, 0.4) {
		s.method = "invoice"
	}
	if s.method == "card" {
		s.cardLast4 = strconv.Itoa(1000 + r.IntN(9000))
	}
	s.carrier = pick(r, "parcelline", "parcelline", "northfreight", "swiftpost")
	for i := range 1 + len(o.Lines)/4 {
		s.parcels = append(s.parcels, Parcel{
			ParcelID:    "SHP-" + o.ID + "-P" + strconv.Itoa(i+1),
			WeightGrams: int32(200 + r.IntN(18_000)),
		})
	}
	s.firstHub, s.secondHub = pick(r, hubs...), pick(r, hubs...)

	s.happen(placed, allocated, authorised, captured, packed, dispatched, pickedUp, atFirstHub, outForDelivery, delivered)
	if chance(r, 0.5) {
		s.happen(atSecondHub)
	}
	if chance(r, 0.02) {
		s.happen(exception)
	}
	switch {
	case live && chance(r, 0.02):
		s.never(authorised, captured, allocated, packed, dispatched, pickedUp, atFirstHub, atSecondHub, exception, outForDelivery, delivered)
		s.happen(declined, cancelled)
		s.note = "the payment failed"
		return s
	case chance(r, 0.04):
		s.happen(declined)
		s.attempt = 2
	}
	switch {
	case chance(r, 0.003):
		s.never(outForDelivery, delivered)
		s.happen(exception, lost, refunded)
		s.refund = o.Total()
	case chance(r, 0.035):
		s.happen(returned, refunded)
		s.note = pick(r, "does not fit", "arrived damaged", "changed my mind", "not as described")
		s.refund = o.Total()
		if len(o.Lines) > 1 && chance(r, 0.5) {
			s.refund = o.Lines[r.IntN(len(o.Lines))].Sales
		}
		s.refund = max(s.refund.cents(), 100)
	}
	return s
}

// hubs are where parcels are sorted.
var hubs = []string{"Columbus, Ohio", "Memphis, Tennessee", "Dallas, Texas", "Reno, Nevada", "Harrisburg, Pennsylvania"}

// happens marks a moment that is yet to be dated.
const happens = 1

func (s *story) happen(ms ...moment) {
	for _, m := range ms {
		s.at[m] = happens
	}
}

func (s *story) never(ms ...moment) {
	for _, m := range ms {
		s.at[m] = 0
	}
}

// date gives the moments of an order of the file their times: the order's and the shipment's days are the file's,
// everything else is invented around them. Each moment comes after the one before.
func (s *story) date(c calendar, last bool, r *rand.Rand) {
	o := s.order
	now := c.place(o.Day, last, r)
	step := func(m moment, low, high int64) {
		if s.has(m) {
			now += between(r, low, high)
			s.at[m] = now
		}
	}
	step(placed, 0, 1)
	step(declined, 3*second, 10*second)
	step(authorised, 3*second, 5*minute)
	step(captured, 10*second, 10*minute)
	step(allocated, minute, 30*minute)
	step(packed, 10*minute, hour)
	if leaves := c.midnight(o.ShipDay) + between(r, 5*hour, 18*hour); leaves > now {
		now = leaves // it waits for its day
	}
	step(dispatched, minute, 10*minute)
	step(pickedUp, 10*minute, 2*hour)
	step(atFirstHub, 3*hour, 14*hour)
	step(atSecondHub, 4*hour, 20*hour)
	step(exception, hour, 12*hour)
	step(outForDelivery, 3*hour, 20*hour)
	step(delivered, hour, 8*hour)
	step(lost, 10*day, 12*day)
	step(returned, 2*day, 20*day)
	step(refunded, day, 3*day)
}
