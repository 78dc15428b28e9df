package dataproduct

import (
	"fmt"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// What an offset commit takes is 4 KiB. Windows of quality go first where all does not fit, then verified ranges; counts
// stay right.
func TestTallyFits(t *testing.T) {
	counts := func(reasons, ranges, rules int) tally {
		c := tally{Accepted: 1 << 40, Rejected: map[string]int64{}, Verified: map[string]map[int32][2]int64{"p@0123456789ab": {}}}
		for i := range reasons {
			c.Rejected[fmt.Sprintf("transform.reason-%d", i)] = int64(i)
		}
		for i := range ranges {
			c.Verified["p@0123456789ab"][int32(i)] = [2]int64{1 << 40, 1 << 41}
		}
		s := &quality.Saved{Open: quality.SavedSpan{Start: 1 << 40, Rows: 1 << 30, Bad: map[string]int64{}}}
		for i := range rules {
			s.Open.Bad[fmt.Sprintf("some.field.somewhere%d.invalidValues", i)] = 1 << 20
		}
		c.Quality = map[string]*quality.Saved{"p@0123456789ab": s}
		return c
	}
	for name, c := range map[string]struct {
		t                         tally
		quality, verified, folded bool
	}{
		"all fits":       {counts(10, 10, 10), true, true, false},
		"without rules":  {counts(10, 10, 100), false, true, false},
		"without ranges": {counts(50, 90, 10), false, false, false},
		"summed up":      {counts(200, 90, 10), false, false, true},
	} {
		want := sum(c.t.Rejected)
		text, err := c.t.encode()
		if err != nil || len(text) > metadataLimit {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		got := decodeTally(text)
		if (got.Quality != nil) != c.quality || (got.Verified != nil) != c.verified || (got.Rejected["other"] > 0) != c.folded || sum(got.Rejected) != want || got.Accepted != 1<<40 {
			t.Errorf("%s: kept %s", name, text)
		}
	}
}
