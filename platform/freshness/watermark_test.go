package freshness_test

import (
	"math"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

const week = 7 * 24 * time.Hour

func TestWatermark(t *testing.T) {
	var w freshness.Watermark
	if _, ok := w.Newest(); ok || w.Time() != nil || w.Late(-1, time.Nanosecond) {
		t.Error("before the first record nothing is known and nothing is late")
	}
	w.Accept(0) // 1970 to the millisecond is a time like any other
	if n, ok := w.Newest(); !ok || n != 0 {
		t.Errorf("newest %d %t", n, ok)
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).UnixMilli()
	w.Accept(now)
	w.Accept(now - 1000) // older: the watermark stays
	if got := *w.Time(); !got.Equal(time.UnixMilli(now)) || got.Location() != time.UTC {
		t.Errorf("time %s", got)
	}
	saved := w
	w.Accept(now + 5)
	if n, _ := saved.Newest(); n != now {
		t.Error("a copy moved with its original")
	}
	if resumed := freshness.NewWatermark(now + 5); resumed != w {
		t.Errorf("resumed %v, want %v", resumed, w)
	}
}

func TestLate(t *testing.T) {
	newest := int64(1_000_000_000_000)
	w := freshness.NewWatermark(newest)
	for _, c := range []struct {
		name     string
		at       int64
		lateness time.Duration
		want     bool
	}{
		{"newer", newest + 1, week, false},
		{"just in time", newest - week.Milliseconds(), week, false},
		{"too late by a millisecond", newest - week.Milliseconds() - 1, week, true},
		{"any lateness is allowed", 0, 0, false},
	} {
		if got := w.Late(c.at, c.lateness); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestImpossible(t *testing.T) {
	published := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).UnixMilli()
	ahead := freshness.Ahead.Milliseconds()
	for _, c := range []struct {
		name string
		at   int64
		want bool
	}{
		{"before 1970", -1, true},
		{"1970", 0, false},
		{"when published", published, false},
		{"a little ahead", published + ahead, false},
		{"too far ahead", published + ahead + 1, true},
		{"as far back as can be", math.MinInt64, true},
		{"as far ahead as can be", math.MaxInt64, true},
	} {
		if got := freshness.Impossible(c.at, published); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestIdle(t *testing.T) {
	last := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	const after = 10 * time.Second
	for _, c := range []struct {
		name          string
		now           time.Time
		position, end int64
		want          bool
	}{
		{"all done for long", last.Add(after), 7, 7, true},
		{"all done just now", last.Add(after - 1), 7, 7, false},
		{"records wait", last.Add(time.Hour), 6, 7, false},
		{"end not known", last.Add(time.Hour), 7, -1, false},
		{"never a record", last.Add(time.Hour), 0, 0, true},
		{"behind a marker that was compacted", last.Add(time.Hour), 8, 7, true},
	} {
		if got := freshness.Idle(c.now, last, c.position, c.end, after); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
