package traffic

import "strconv"

// The payment gateway publishes what happens to payments.

var paymentMoments = []moment{declined, authorised, captured, refunded}

func gatewayAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.stories {
		for _, m := range paymentMoments {
			if s.stories[i].has(m) {
				agenda = append(agenda, entry{at: s.stories[i].at[m], which: int32(i), part: int16(m)})
			}
		}
	}
	return agenda
}

func gatewayEvent(s *shop, e entry) Event {
	return paymentEvent(&s.stories[e.which], moment(e.part))
}

func gatewayLive(s *shop, t tick) []Event {
	var events []Event
	for _, m := range paymentMoments {
		if story := s.live(t, m); story != nil && !story.test {
			events = append(events, paymentEvent(story, m))
		}
	}
	return events
}

func paymentEvent(s *story, m moment) Event {
	o := s.order
	attempt := s.attempt
	if m == declined {
		attempt = 1
	}
	v := &PaymentEvent{
		PaymentID:  "PAY-" + o.ID + "-" + strconv.Itoa(attempt),
		Sequence:   1,
		OrderID:    &o.ID,
		Method:     s.method,
		Amount:     cents(max(o.Total(), 100)),
		Currency:   currency,
		OccurredAt: at(s.at[m]),
	}
	if s.cardLast4 != "" {
		v.CardLast4 = &s.cardLast4
	}
	e := Event{Port: "payments", At: v.OccurredAt, Key: v.PaymentID, Value: v}
	switch m {
	case declined:
		v.Kind, v.FailureCode = "failed", pointer("insufficient-funds")
		if s.cardLast4 != "" {
			v.FailureCode = pointer("card-declined")
		}
	case authorised:
		v.Kind = "authorised"
	case captured:
		v.Kind, v.Sequence = "captured", 2
	case refunded:
		v.Kind, v.Sequence, v.Amount = "refunded", 3, s.refund.Rat()
		e.Tag = tagRefund
	}
	return e
}
