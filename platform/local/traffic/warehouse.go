package traffic

import "strconv"

// The warehouse publishes shipments, and the carriers' scans of them.

var shipmentStates = []struct {
	moment moment
	state  string
}{{allocated, "allocated"}, {packed, "packed"}, {dispatched, "dispatched"}, {delivered, "delivered"}, {lost, "lost"}}

var scans = []struct {
	moment moment
	kind   string
}{{pickedUp, "pickedUp"}, {atFirstHub, "atHub"}, {atSecondHub, "atHub"}, {exception, "exception"}, {outForDelivery, "outForDelivery"}, {delivered, "delivered"}}

const (
	whatShipment uint8 = iota
	whatScan
)

func warehouseAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.stories {
		story, which := &s.stories[i], int32(i)
		for n, state := range shipmentStates {
			if story.has(state.moment) {
				agenda = append(agenda, entry{at: story.at[state.moment], what: whatShipment, which: which, part: int16(n)})
			}
		}
		for n, scan := range scans {
			if story.has(scan.moment) {
				agenda = append(agenda, entry{at: story.at[scan.moment], what: whatScan, which: which, part: int16(n)})
			}
		}
	}
	return agenda
}

func warehouseEvent(s *shop, e entry) Event {
	if e.what == whatShipment {
		return shipmentEvent(&s.stories[e.which], int(e.part))
	}
	return scanEvent(&s.stories[e.which], int(e.part))
}

func warehouseLive(s *shop, t tick) []Event {
	var events []Event
	for n, state := range shipmentStates {
		if story := s.live(t, state.moment); story != nil && !story.test {
			events = append(events, shipmentEvent(story, n))
		}
	}
	for n, scan := range scans {
		if story := s.live(t, scan.moment); story != nil && !story.test {
			events = append(events, scanEvent(story, n))
		}
	}
	return events
}

func shipmentEvent(s *story, n int) Event {
	o, state := s.order, shipmentStates[n]
	v := &ShipmentEvent{
		ShipmentID: "SHP-" + o.ID,
		Sequence:   int32(min(n, 3) + 1),
		OrderID:    o.ID,
		State:      state.state,
		ShipMode:   o.ShipMode,
		Carrier:    &s.carrier,
		Destination: Destination{
			Country: o.ShipTo.Country, State: o.ShipTo.State, City: o.ShipTo.City, PostalCode: o.ShipTo.PostalCode,
		},
		OrderedAt:  at(s.at[placed]),
		OccurredAt: at(s.at[state.moment]),
	}
	if state.moment >= packed {
		v.Parcels = s.parcels
	}
	if state.moment >= dispatched {
		v.DispatchedAt = pointer(at(s.at[dispatched]))
	}
	return Event{Port: "shipments", At: v.OccurredAt, Key: v.ShipmentID, Value: v}
}

func scanEvent(s *story, n int) Event {
	o, scan := s.order, scans[n]
	where := o.ShipTo.City + ", " + o.ShipTo.State
	switch scan.moment {
	case atFirstHub, exception:
		where = s.firstHub
	case atSecondHub:
		where = s.secondHub
	}
	v := &TrackingEvent{
		ShipmentID: "SHP-" + o.ID,
		ScanID:     "SCN-" + o.ID + "-" + strconv.Itoa(n+1),
		Carrier:    s.carrier,
		Scan:       scan.kind,
		Location:   &where,
		ScannedAt:  at(s.at[scan.moment]),
	}
	return Event{Port: "tracking", At: v.ScannedAt, Key: v.ShipmentID, Value: v}
}
