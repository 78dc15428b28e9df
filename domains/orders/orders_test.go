package orders

import (
	"math/big"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestOrders(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Orders(), "testdata")
}

func TestOrderLines(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, OrderLines(), "testdata")
}

func TestOrderStatuses(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, OrderStatuses(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

func TestShipBy(t *testing.T) {
	for _, tt := range []struct{ placedAt, shipMode, want string }{
		{"2016-11-08T10:15:00Z", "sameDay", "2016-11-08"},
		{"2016-11-08T10:15:00Z", "firstClass", "2016-11-11"},
		{"2016-11-08T10:15:00Z", "secondClass", "2016-11-13"},
		{"2016-11-08T10:15:00Z", "standardClass", "2016-11-15"},
		{"2016-12-31T23:59:59Z", "firstClass", "2017-01-03"},
		{"2016-02-28T12:00:00Z", "firstClass", "2016-03-02"},
		{"2016-11-08T23:30:00-05:00", "sameDay", "2016-11-09"}, // the day is UTC's
	} {
		placedAt, err := time.Parse(time.RFC3339, tt.placedAt)
		if err != nil {
			t.Fatal(err)
		}
		if got := shipBy(placedAt, tt.shipMode).Format(time.RFC3339); got != tt.want+"T00:00:00Z" {
			t.Errorf("shipBy(%s, %s) = %s, want the start of %s", tt.placedAt, tt.shipMode, got, tt.want)
		}
	}
}

func TestPostalCode(t *testing.T) {
	for typed, want := range map[string]string{"42420": "42420", "4240": "04240", "": "00000", "123456": "123456"} {
		if got := postalCode(typed); got != want {
			t.Errorf("postalCode(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestListPrice(t *testing.T) {
	for _, tt := range []struct{ sales, discount, want string }{
		{"261.96", "0", "261.9600"},
		{"3.048", "0.2", "3.8100"},
		{"2.22", "0.7", "7.4000"},
		{"1.443", "0.32", "2.1221"}, // 2.12205...
		{"0.0001", "0.5", "0.0002"},
		{"1", "0.9999", "10000.0000"},
		{"0", "0.2", "0.0000"},
	} {
		if got := listPrice(rat(t, tt.sales), rat(t, tt.discount)).FloatString(places); got != tt.want {
			t.Errorf("listPrice(%s, %s) = %s, want %s", tt.sales, tt.discount, got, tt.want)
		}
	}
}

func TestRound(t *testing.T) {
	for x, want := range map[string]string{
		"1/3": "0.3333", "2/3": "0.6667", "0.00005": "0.0001", "-0.00005": "-0.0001", "0.00004": "0.0000", "7": "7.0000",
	} {
		if got := round(rat(t, x)).RatString(); got != rat(t, want).RatString() {
			t.Errorf("round(%s) = %s, want %s", x, got, want)
		}
	}
}

func TestMargin(t *testing.T) {
	if got := margin(rat(t, "-4"), new(big.Rat)); got != nil {
		t.Errorf("a line that costs nothing has margin %s, want none", *got)
	}
	for _, tt := range []struct{ profit, sales, want string }{
		{"41.9136", "261.96", "0.1600"},
		{"-1.48", "2.22", "-0.6667"},
		{"0", "5", "0.0000"},
	} {
		if got := (*margin(rat(t, tt.profit), rat(t, tt.sales))).FloatString(places); got != tt.want {
			t.Errorf("margin(%s, %s) = %s, want %s", tt.profit, tt.sales, got, tt.want)
		}
	}
}

// An order that names a product twice has two lines with two ids.
func TestLineIDTellsLinesOfOneProductApart(t *testing.T) {
	if a, b := lineID("CA-2016-129714", 2), lineID("CA-2016-129714", 4); a == b {
		t.Errorf("two lines have the id %s", a)
	}
}

// Every pair of statuses either is a step of the order process or is refused.
func TestFollows(t *testing.T) {
	steps := map[[2]string]bool{
		{"", "placed"}: true, {"placed", "paid"}: true, {"paid", "packed"}: true, {"packed", "shipped"}: true,
		{"shipped", "delivered"}: true, {"placed", "cancelled"}: true, {"paid", "cancelled"}: true,
		{"packed", "cancelled"}: true, {"shipped", "returned"}: true, {"delivered", "returned"}: true,
	}
	states := []string{"", "unknown", "placed", "paid", "packed", "shipped", "delivered", "cancelled", "returned"}
	for _, from := range states {
		for _, to := range states[1:] {
			previous := &from
			if from == "" {
				previous = nil
			}
			if got, want := follows(previous, to), steps[[2]string{from, to}]; got != want {
				t.Errorf("follows(%q, %q) = %t, want %t", from, to, got, want)
			}
		}
	}
}

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return r
}
