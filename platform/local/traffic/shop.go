package traffic

import (
	"fmt"
	"math"
	"time"
)

// shop is everything that happens in the shop: a pure function of the file, the seed and the base time. Its systems
// read it and never change it.
type shop struct {
	seed      uint64
	calendar  calendar
	orders    []Order
	stories   []story // of the file's orders, in the same order
	products  []product
	customers []customer
	campaigns []campaign
}

func newShop(orders []Order, seed uint64, base time.Time) *shop {
	s := &shop{seed: seed, calendar: newCalendar(orders, base), orders: orders, stories: make([]story, len(orders))}
	last := 0
	for i := range orders {
		if orders[i].Day == s.calendar.lastDay {
			last = i
		}
	}
	for i := range orders {
		r := random(seed, streamOrder, uint64(i))
		s.stories[i] = tell(&orders[i], false, r)
		s.stories[i].date(s.calendar, i == last, r)
	}
	inOrder := s.byPlacement()
	s.products = products(s, inOrder)
	s.customers = customers(s, inOrder)
	s.campaigns = campaigns(s)
	return s
}

// tick is one step of the live phase: one order is placed, and what earlier ones are due for happens.
type tick struct {
	n      int64 // from 0, for ever, across restarts
	now    int64 // Unix milliseconds: the event time of all that happens in it
	period float64
}

// after is how many ticks after its order a moment comes in the live phase. It is quick: a demo should not wait
// days for a parcel.
var after = [moments]int64{
	placed: 0, declined: 1, authorised: 2, captured: 3, cancelled: 3, allocated: 4, packed: 6, dispatched: 8,
	pickedUp: 9, atFirstHub: 11, atSecondHub: 13, exception: 14, outForDelivery: 16, delivered: 18, lost: 24,
	returned: 30, refunded: 33,
}

// live gives the story of the order that reaches moment m in this tick; nil when it never does.
func (s *shop) live(t tick, m moment) *story {
	n := t.n - after[m]
	if n < 0 {
		return nil
	}
	story := s.liveStory(n)
	if !story.has(m) {
		return nil
	}
	for other := range story.at {
		if story.at[other] != 0 {
			story.at[other] = t.now + int64(math.Round(float64(after[other]-after[m])*t.period))
		}
	}
	return &story
}

// testEvery is how often an order is a probe of the shop's monitoring.
const testEvery = 40

// liveStory invents the nth live order: lines of the file's orders for one of the file's customers.
func (s *shop) liveStory(n int64) story {
	r := random(s.seed, streamLiveOrder, uint64(n))
	like := &s.orders[r.IntN(len(s.orders))]
	o := &Order{
		ID:           s.liveOrderID(n),
		ShipMode:     like.ShipMode,
		CustomerID:   like.CustomerID,
		CustomerName: like.CustomerName,
		Segment:      like.Segment,
		ShipTo:       like.ShipTo,
	}
	for range 1 + r.IntN(4) {
		from := &s.orders[r.IntN(len(s.orders))]
		o.Lines = append(o.Lines, from.Lines[r.IntN(len(from.Lines))])
	}
	story := tell(o, true, r)
	story.test = n%testEvery == testEvery-1
	return story
}

// liveOrderID counts on where the file's numbers cannot be: under a prefix of its own.
func (s *shop) liveOrderID(n int64) string {
	const perYear = 1_000_000
	return fmt.Sprintf("TM-%d-%06d", at(s.calendar.base).Year()+int(n/perYear), n%perYear)
}
