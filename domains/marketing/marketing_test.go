package marketing

import (
	"math/big"
	"testing"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestProductSales(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, ProductSales(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

func TestBand(t *testing.T) {
	for discount, want := range map[string]string{
		"0": "none", "0.0001": "light", "0.2": "light", "0.2001": "medium", "0.5": "medium", "0.5001": "heavy", "0.9999": "heavy",
	} {
		d, _ := new(big.Rat).SetString(discount)
		if got := band(d); got != want {
			t.Errorf("band(%s) = %s, want %s", discount, got, want)
		}
	}
}
