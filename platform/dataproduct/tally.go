package dataproduct

import (
	"encoding/json"
	"fmt"
	"maps"
	"sort"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// tally counts what became of one input partition's records since its group began. It travels in the offset
// commit's metadata, so that it is exactly as committed as the data: a restart, a rebalance and an abort all
// find the counts that belong to the position.
type tally struct {
	Accepted int64            `json:"a,omitempty"`
	Rejected map[string]int64 `json:"r,omitempty"` // by reason
	Filtered map[string]int64 `json:"f,omitempty"` // by filter
	Records  map[string]int64 `json:"o,omitempty"` // emitted, by output port
	Warnings map[string]int64 `json:"w,omitempty"` // by rule id
	Lost     int64            `json:"l,omitempty"` // offsets that could not be read: retention had removed them, or their batch was too large

	// Verified are the ranges [from, to) that the group speaks for, by output port and contract (see rangeKey) and by
	// partition.
	Verified map[string]map[int32][2]int64 `json:"v,omitempty"`

	// EventTime is the newest accepted event time in Unix milliseconds; 0 before the first.
	EventTime int64 `json:"t,omitempty"`
	// Published is the newest publish time in Unix milliseconds of a record that was held against what must be unique: what its window reaches back from.
	Published int64 `json:"p,omitempty"`
	// UpdatedAt is when a record was last accepted, in Unix milliseconds by our clock.
	UpdatedAt int64 `json:"u,omitempty"`

	// Quality is what was counted for the contract's metrics, by output port and contract as in Verified.
	Quality map[string]*quality.Saved `json:"q,omitempty"`
}

// metadataLimit is the broker's default offset.metadata.max.bytes.
const metadataLimit = 4096

func (t *tally) clone() tally {
	c := *t
	c.Rejected, c.Filtered = maps.Clone(t.Rejected), maps.Clone(t.Filtered)
	c.Records, c.Warnings = maps.Clone(t.Records), maps.Clone(t.Warnings)
	c.Verified, c.Quality = maps.Clone(t.Verified), maps.Clone(t.Quality) // what they hold is never changed
	return c
}

// watermark is how far the partition reaches in event time.
func (t *tally) watermark() (w freshness.Watermark) {
	if t.EventTime > 0 {
		w = freshness.NewWatermark(t.EventTime)
	}
	return w
}

func add(m *map[string]int64, key string, n int64) {
	if *m == nil {
		*m = make(map[string]int64)
	}
	(*m)[key] += n
}

// counts are a round's counts by name: there are few names, and mostly it is the same one again.
type counts struct {
	list []named
	last int
}

type named struct {
	name string
	n    int64
}

func (c *counts) add(name string, n int64) {
	if c.last < len(c.list) && c.list[c.last].name == name {
		c.list[c.last].n += n
		return
	}
	for i := range c.list {
		if c.list[i].name == name {
			c.list[i].n += n
			c.last = i
			return
		}
	}
	c.last = len(c.list)
	c.list = append(c.list, named{name, n})
}

func (c *counts) reset() { c.list, c.last = c.list[:0], 0 }

// into adds the counts to a tally's, and forgets them.
func (c *counts) into(m *map[string]int64) {
	for _, e := range c.list {
		add(m, e.name, e.n)
	}
	c.reset()
}

func (t *tally) see(eventTime int64, now time.Time) {
	t.EventTime = max(t.EventTime, eventTime)
	t.UpdatedAt = now.UnixMilli()
}

// encode gives the metadata. If it would not fit, windows of quality metrics begin anew after a restart, then the verified
// ranges, and then what is counted by name is summed under "other", the warnings first: the totals stay right.
func (t *tally) encode() (string, error) {
	for _, squeeze := range []func() bool{
		func() bool { return true },
		func() bool { had := t.Quality != nil; t.Quality = nil; return had },
		func() bool { had := t.Verified != nil; t.Verified = nil; return had },
		func() bool { return fold(&t.Warnings) },
		func() bool { return fold(&t.Rejected) },
		func() bool { return fold(&t.Filtered) },
	} {
		if !squeeze() {
			continue
		}
		text, err := json.Marshal(t)
		if err != nil {
			return "", fmt.Errorf("encode counts: %w", err)
		}
		if len(text) <= metadataLimit {
			return string(text), nil
		}
	}
	return "", fmt.Errorf("counts of %d output ports do not fit an offset commit's %d bytes of metadata", len(t.Records), metadataLimit)
}

// keptOnFold is how many of the largest entries stay by name when a map is too large.
const keptOnFold = 8

func fold(m *map[string]int64) bool {
	if len(*m) <= keptOnFold {
		return false
	}
	keys := make([]string, 0, len(*m))
	for k := range *m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := (*m)[keys[i]], (*m)[keys[j]]
		return a > b || a == b && keys[i] < keys[j]
	})
	folded := map[string]int64{}
	for i, k := range keys {
		if i < keptOnFold && k != "other" {
			folded[k] = (*m)[k]
		} else {
			folded["other"] += (*m)[k]
		}
	}
	*m = folded
	return true
}

// decodeTally reads a commit's metadata. Metadata that is not ours (a group that another program used before)
// starts the counts anew.
func decodeTally(metadata string) tally {
	var t tally
	if json.Unmarshal([]byte(metadata), &t) != nil {
		return tally{}
	}
	return t
}
