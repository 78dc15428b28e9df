package marketing

import (
	"math/big"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// fact is what marketing needs of an order line: neither who bought nor what was earned.
func fact(l OrderLineView, emit *dataproduct.Emit) error {
	sale := dataproduct.Copy[ProductSalePatch](emit, sales)
	sale.SetProductName(clean(l.ProductName()))
	sale.SetCategoryPath(l.Category() + "/" + l.SubCategory())
	sale.SetSoldOn(l.PlacedAt().Truncate(24 * time.Hour))
	sale.SetListRevenue(new(big.Rat).Add(l.Sales(), l.DiscountAmount()))
	sale.SetPromotion(band(l.Discount()))
	return nil
}

// band is how far a price was cut: not at all, by at most 20 %, by at most 50 %, by more.
func band(discount *big.Rat) string {
	switch {
	case discount.Sign() == 0:
		return "none"
	case discount.Cmp(big.NewRat(20, 100)) <= 0:
		return "light"
	case discount.Cmp(big.NewRat(50, 100)) <= 0:
		return "medium"
	}
	return "heavy"
}

// clean makes one plain space of every run of white space: names come with no-break spaces from copy and paste.
func clean(name string) string { return strings.Join(strings.Fields(name), " ") }
