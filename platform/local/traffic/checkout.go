package traffic

import "math/big"

// The checkout publishes orders and their status changes.

// statuses are the order states by what brings them about.
var statuses = []struct {
	moment moment
	state  string
	actor  string
}{
	{placed, "placed", "checkout"},
	{captured, "paid", "payments"},
	{cancelled, "cancelled", "payments"},
	{packed, "packed", "warehouse"},
	{dispatched, "shipped", "warehouse"},
	{delivered, "delivered", "carrier"},
	{returned, "returned", "customer-service"},
}

const (
	whatPlaced uint8 = iota
	whatStatus
)

func checkoutAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.stories {
		story, which := &s.stories[i], int32(i)
		agenda = append(agenda, entry{at: story.at[placed], what: whatPlaced, which: which})
		for n, status := range statuses {
			if story.has(status.moment) {
				agenda = append(agenda, entry{at: story.at[status.moment], what: whatStatus, which: which, part: int16(n)})
			}
		}
	}
	return agenda
}

func checkoutEvent(s *shop, e entry) Event {
	story := &s.stories[e.which]
	if e.what == whatPlaced {
		return placedEvent(story)
	}
	return statusEvent(story, int(e.part))
}

// checkoutLive is what the checkout does in one tick: a new order, and the status of earlier ones.
func checkoutLive(s *shop, t tick) []Event {
	var events []Event
	if story := s.live(t, placed); story != nil {
		events = append(events, placedEvent(story))
	}
	for n, status := range statuses {
		if story := s.live(t, status.moment); story != nil && !story.test {
			events = append(events, statusEvent(story, n))
		}
	}
	return events
}

func placedEvent(s *story) Event {
	o := s.order
	v := &PlacedOrder{
		OrderID:      o.ID,
		PlacedAt:     at(s.at[placed]),
		Test:         s.test,
		Channel:      s.channel,
		CustomerID:   &o.CustomerID,
		CustomerName: o.CustomerName,
		Segment:      o.Segment,
		ShipMode:     o.ShipMode,
		ShipTo:       o.ShipTo,
		Currency:     currency,
		Total:        o.Total().Rat(),
		Lines:        make([]PlacedLine, len(o.Lines)),
	}
	for i, l := range o.Lines {
		v.Lines[i] = PlacedLine{
			LineNumber:  int32(i + 1),
			ProductID:   l.ProductID,
			ProductName: l.ProductName,
			Category:    l.Category,
			SubCategory: l.SubCategory,
			Quantity:    int32(l.Quantity),
			Sales:       l.Sales.Rat(),
			Discount:    l.Discount.Rat(),
			Profit:      l.Profit.Rat(),
		}
	}
	e := Event{Port: "placed", At: v.PlacedAt, Key: v.OrderID, Value: v, Lines: len(v.Lines), Sales: o.Total()}
	if s.test {
		e.Tag = tagTest
	}
	return e
}

func statusEvent(s *story, n int) Event {
	status := statuses[n]
	v := &StatusChange{
		OrderID:   s.order.ID,
		Sequence:  1,
		Status:    status.state,
		ChangedAt: at(s.at[status.moment]),
		Actor:     pointer(status.actor),
	}
	for _, earlier := range statuses[:n] {
		if s.has(earlier.moment) {
			v.Sequence++
			v.Previous = pointer(earlier.state)
		}
	}
	if status.moment == cancelled || status.moment == returned {
		v.Note = pointer(s.note)
	}
	return Event{Port: "status", At: v.ChangedAt, Key: v.OrderID, Value: v}
}

// currency is what the shop sells in: ISO 4217.
const currency = "USD"

func cents(m Money) *big.Rat { return m.cents().Rat() }
