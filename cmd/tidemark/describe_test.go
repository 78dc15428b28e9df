package main

import "testing"

func TestTiersOfADataProduct(t *testing.T) {
	for want, byPort := range map[string]map[string]string{
		"":              nil,
		"lines spliced": {"lines": "spliced"},
		"placed decoded, spliced; status forwarded": {"status": "forwarded", "placed": "decoded, spliced"},
	} {
		if got := tiers(byPort); got != want {
			t.Errorf("%v: %q, not %q", byPort, got, want)
		}
	}
}
