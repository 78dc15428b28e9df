package catalog

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestProducts(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Products(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"Xerox 1881":            "Xerox 1881",
		"Imation\u00a08GB":      "Imation 8GB",
		"  Staple \t remover\n": "Staple remover",
		"":                      "",
		"\u00a0":                "",
	} {
		if got := clean(name); got != want {
			t.Errorf("clean(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPrefix(t *testing.T) {
	for category, want := range map[string]string{"furniture": "FUR", "officeSupplies": "OFF", "technology": "TEC", "unknown": ""} {
		if got := prefix(category); got != want {
			t.Errorf("prefix(%s) = %q, want %q", category, got, want)
		}
	}
}
