package payments

import (
	"math/big"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// invoice makes the invoice of an order.
func invoice(o *Order, emit *dataproduct.Emit) error {
	days, ok := terms(o.Segment)
	if !ok {
		return emit.Reject("terms-unknown", "no terms of payment are agreed for the customer's segment")
	}
	amount := cents(o.Total)
	invoices.To(emit, Invoice{
		InvoiceID:  "INV-" + o.OrderID,
		OrderID:    o.OrderID,
		CustomerID: o.CustomerID,
		Segment:    o.Segment,
		IssuedAt:   o.PlacedAt,
		TermsDays:  int32(days), // at most 60
		DueOn:      dayAfter(o.PlacedAt, days),
		LineCount:  o.LineCount,
		Currency:   o.Currency,
		Amount:     amount,
		Rounding:   new(big.Rat).Sub(amount, o.Total),
	})
	return nil
}

// terms is how many days a segment's customers have to pay.
func terms(segment string) (days int, ok bool) {
	switch segment {
	case "consumer":
		return 14, true
	case "homeOffice":
		return 30, true
	case "corporate":
		return 60, true
	}
	return 0, false
}

// dayAfter is the day, in UTC, that many days after at.
func dayAfter(at time.Time, days int) time.Time {
	y, m, d := at.UTC().Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)
}

// cents rounds an amount to two decimal places, halves away from zero.
func cents(amount *big.Rat) *big.Rat {
	r, _ := new(big.Rat).SetString(amount.FloatString(2)) // FloatString writes what SetString reads
	return r
}
