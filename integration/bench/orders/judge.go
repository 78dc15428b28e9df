package orders

import (
	"errors"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Judge holds decoded orders against the reference rules of the contract, as a team without Tidemark would write them by
// hand. One goroutine at a time.
type Judge struct {
	id       *regexp.Regexp
	least    *big.Rat
	most     *big.Rat
	earliest time.Time
}

// NewJudge compiles what can be compiled.
func NewJudge() *Judge {
	return &Judge{
		id: regexp.MustCompile(`^[A-Z]{2}-\d{4}-\d{6}$`), least: big.NewRat(1, 100), most: big.NewRat(100_000, 1),
		earliest: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Check gives the first rule that the order breaks.
func (j *Judge) Check(o *Order, key []byte) error {
	switch {
	case string(key) != o.CustomerID:
		return errors.New("key")
	case !j.id.MatchString(o.OrderID):
		return errors.New("orderId")
	case len(o.CustomerID) < 4 || len(o.CustomerID) > 20:
		return errors.New("customerId")
	case o.Status != "placed" && o.Status != "paid" && o.Status != "shipped":
		return errors.New("status")
	case o.Currency != "EUR" && o.Currency != "GBP" && o.Currency != "USD":
		return errors.New("currency")
	case o.Total == nil || o.Total.Cmp(j.least) < 0 || o.Total.Cmp(j.most) > 0:
		return errors.New("total")
	case o.Discount >= 1 || !multiple(o.Discount, 20):
		return errors.New("discount")
	case o.PlacedAt.Before(j.earliest):
		return errors.New("placedAt")
	case o.DueOn == nil || o.DueOn.Before(j.earliest):
		return errors.New("dueOn")
	case o.Channel == "" || o.Channel == "n/a" || strings.ContainsAny(o.Channel, " _/"):
		return errors.New("channel")
	case o.Priority < 1 || o.Priority > 5:
		return errors.New("priority")
	case o.Note != nil && len(*o.Note) > 200_000:
		return errors.New("note")
	case len(o.ShipTo.Country) != 2:
		return errors.New("shipTo.country")
	case len(o.Lines) < 1 || len(o.Lines) > 100:
		return errors.New("lines")
	}
	for i, l := range o.Lines {
		if l.Quantity <= 0 || l.Price < 0.01 || !multiple(l.Price, 100) || slices.Contains(o.Lines[:i], l) {
			return errors.New("line")
		}
	}
	return nil
}

// multiple tells whether f is a whole number of 1/parts.
func multiple(f, parts float64) bool { return math.Abs(f*parts-math.Round(f*parts)) < 1e-9 }
