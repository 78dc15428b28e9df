package main

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/explain"
)

func TestWorkOfADataProduct(t *testing.T) {
	for want, byPort := range map[string]map[string]string{
		"":              nil,
		"lines spliced": {"lines": "spliced"},
		"placed decoded, spliced; status forwarded": {"status": "forwarded", "placed": "decoded, spliced"},
	} {
		if got := work(byPort); got != want {
			t.Errorf("%v: %q, not %q", byPort, got, want)
		}
	}
}

func TestWorkIsExplained(t *testing.T) {
	for _, tier := range []dataproduct.Tier{
		dataproduct.TierChecked, dataproduct.TierForwarded, dataproduct.TierProjected, dataproduct.TierSpliced, dataproduct.TierDecoded,
	} {
		if found := explain.Find(string(tier)); len(found) != 1 || found[0].Kind != explain.ValueOf {
			t.Errorf("%s: %v", tier, found)
		}
	}
}
