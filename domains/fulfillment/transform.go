package fulfillment

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// follow says where a shipment stands and, once it was dispatched, how long that took. The carrier is there: the
// contract requires it.
func follow(e *ShipmentEvent, emit *dataproduct.Emit) error {
	s := Shipment{
		EventID:               e.ShipmentID + "/" + strconv.Itoa(int(e.Sequence)),
		ShipmentID:            e.ShipmentID,
		OrderID:               e.OrderID,
		State:                 e.State,
		ShipMode:              e.ShipMode,
		Carrier:               *e.Carrier,
		DestinationState:      e.Destination.State,
		DestinationPostalCode: postalCode(e.Destination.PostalCode),
		ParcelCount:           int32(len(e.Parcels)), // the contract allows 100
		OrderedAt:             e.OrderedAt,
		DispatchedAt:          e.DispatchedAt,
		PromisedDays:          promise(e.ShipMode),
		OccurredAt:            e.OccurredAt,
	}
	for i := range e.Parcels {
		s.WeightGrams += int64(e.Parcels[i].WeightGrams)
	}
	switch {
	case e.DispatchedAt == nil && (e.State == "dispatched" || e.State == "delivered"):
		return emit.Reject("dispatch-time-missing", "the shipment left the warehouse at no known time")
	case e.DispatchedAt != nil && e.DispatchedAt.Before(e.OrderedAt):
		return emit.Reject("dispatched-before-ordered", "the shipment left the warehouse before it was ordered")
	case e.DispatchedAt != nil:
		days := daysBetween(e.OrderedAt, *e.DispatchedAt)
		onTime := days <= s.PromisedDays
		s.DaysToShip, s.OnTime = &days, &onTime
	}
	shipments.To(emit, s)
	return nil
}

// promise is within how many days of the order its shipping class promises that it leaves the warehouse.
func promise(shipMode string) int32 {
	switch shipMode {
	case "sameDay":
		return 0
	case "firstClass":
		return 3
	case "secondClass":
		return 5
	}
	return 7 // standardClass
}

// daysBetween counts calendar days in UTC: from late in the evening to early next morning is one.
func daysBetween(from, to time.Time) int32 {
	const day = 24 * time.Hour
	return int32(to.UTC().Truncate(day).Sub(from.UTC().Truncate(day)) / day) // at most the 292 years of a Duration
}

// postalCode restores the leading zeros that the warehouse loses: 4240 is 04240.
func postalCode(typed string) string {
	return strings.Repeat("0", max(0, 5-len(typed))) + typed
}
