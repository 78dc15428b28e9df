package orders

import (
	"math/big"
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// split emits each line of a placed order.
func split(o *PlacedOrder, emit *dataproduct.Emit) error {
	if err := screen(o, emit); err != nil {
		return err
	}
	for i := range o.Lines {
		lines.To(emit, lineOf(o, &o.Lines[i]))
	}
	return nil
}

// lineOf is a line with what is needed of its order to analyse it alone.
func lineOf(o *PlacedOrder, l *PlacedLine) OrderLine {
	return OrderLine{
		LineID:         lineID(o.OrderID, l.LineNumber),
		OrderID:        o.OrderID,
		LineNumber:     l.LineNumber,
		PlacedAt:       o.PlacedAt,
		CustomerID:     *o.CustomerID,
		Segment:        o.Segment,
		Region:         o.ShipTo.Region,
		State:          o.ShipTo.State,
		ShipMode:       o.ShipMode,
		ProductID:      l.ProductID,
		ProductName:    l.ProductName,
		Category:       l.Category,
		SubCategory:    l.SubCategory,
		Quantity:       l.Quantity,
		Currency:       o.Currency,
		Sales:          l.Sales,
		Discount:       l.Discount,
		DiscountAmount: new(big.Rat).Sub(listPrice(l.Sales, l.Discount), l.Sales),
		UnitPrice:      round(new(big.Rat).Quo(l.Sales, big.NewRat(int64(l.Quantity), 1))),
		Profit:         l.Profit,
		Margin:         margin(l.Profit, l.Sales),
	}
}

// lineID tells an order's lines apart by their number, since an order may name a product twice.
func lineID(orderID string, number int32) string {
	return orderID + "/" + strconv.Itoa(int(number))
}

// margin is profit / sales, rounded; nil for a line that costs nothing. Generated code has a decimal that may be
// null as a pointer to a pointer.
func margin(profit, sales *big.Rat) **big.Rat {
	if sales.Sign() == 0 {
		return nil
	}
	m := round(new(big.Rat).Quo(profit, sales))
	return &m
}
