package payments

import (
	"math/big"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestPayments(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Payments(), "testdata")
}

func TestInvoices(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Invoices(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

func TestReceived(t *testing.T) {
	for kind, want := range map[string]string{"authorised": "0.00", "failed": "0.00", "captured": "12.34"} {
		e := PaymentEvent{Kind: kind, Amount: big.NewRat(1234, 100)}
		if got := received(&e).FloatString(2); got != want {
			t.Errorf("%s: received %s, want %s", kind, got, want)
		}
	}
}

func TestCents(t *testing.T) {
	for amount, want := range map[string]string{"0": "0", "10.005": "10.01", "10.0049": "10", "0.0001": "0", "-10.005": "-10.01"} {
		a, _ := new(big.Rat).SetString(amount)
		w, _ := new(big.Rat).SetString(want)
		if got := cents(a); got.Cmp(w) != 0 {
			t.Errorf("cents(%s) = %s, want %s", amount, got.FloatString(4), want)
		}
	}
}

func TestTerms(t *testing.T) {
	for segment, want := range map[string]int{"consumer": 14, "homeOffice": 30, "corporate": 60} {
		if got, ok := terms(segment); !ok || got != want {
			t.Errorf("terms(%s) = %d, %t, want %d", segment, got, ok, want)
		}
	}
	if _, ok := terms("unknown"); ok {
		t.Error("an unknown segment has terms")
	}
}

func TestDayAfter(t *testing.T) {
	at := time.Date(2016, 12, 31, 23, 30, 0, 0, time.FixedZone("", -5*3600)) // 1 January in UTC
	if got, want := dayAfter(at, 60), time.Date(2017, 3, 2, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("dayAfter = %s, want %s", got, want)
	}
}
