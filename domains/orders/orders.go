package orders

import (
	"math/big"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// total makes the order book's record of a placed order.
func total(o *PlacedOrder, emit *dataproduct.Emit) error {
	if err := screen(o, emit); err != nil {
		return err
	}
	order := Order{
		OrderID:    o.OrderID,
		PlacedAt:   o.PlacedAt,
		Channel:    o.Channel,
		CustomerID: *o.CustomerID,
		Segment:    o.Segment,
		ShipMode:   o.ShipMode,
		ShipBy:     shipBy(o.PlacedAt, o.ShipMode),
		ShipTo: OrderAddress{
			Country:    o.ShipTo.Country,
			Region:     o.ShipTo.Region,
			State:      o.ShipTo.State,
			City:       o.ShipTo.City,
			PostalCode: postalCode(o.ShipTo.PostalCode),
		},
		LineCount: int32(len(o.Lines)), // a record holds far fewer lines
		Currency:  o.Currency,
		ListTotal: new(big.Rat),
		Total:     o.Total,
		Profit:    new(big.Rat),
	}
	products := make(map[string]bool, len(o.Lines))
	for i := range o.Lines {
		line := &o.Lines[i]
		products[line.ProductID] = true
		order.Units += int64(line.Quantity)
		order.ListTotal.Add(order.ListTotal, listPrice(line.Sales, line.Discount))
		order.Profit.Add(order.Profit, line.Profit)
	}
	order.ProductCount = int32(len(products)) // at most LineCount
	order.DiscountTotal = new(big.Rat).Sub(order.ListTotal, order.Total)
	book.To(emit, order)
	return nil
}

// shipBy is the last day, in UTC, on which an order may leave the warehouse and keep the promise of its shipping
// class.
func shipBy(placedAt time.Time, shipMode string) time.Time {
	days := 7 // standardClass
	switch shipMode {
	case "sameDay":
		days = 0
	case "firstClass":
		days = 3
	case "secondClass":
		days = 5
	}
	y, m, d := placedAt.UTC().Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)
}

// postalCode restores the leading zeros that the checkout loses: 4240 is 04240.
func postalCode(typed string) string {
	return strings.Repeat("0", max(0, 5-len(typed))) + typed
}
