package freshness_test

import (
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func at(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }

func TestFreshnessAndDeadline(t *testing.T) {
	type parts = []freshness.Partition
	const promise = 10 * time.Minute
	none := time.Time{}
	for _, c := range []struct {
		name      string
		parts     parts
		freshness time.Duration // -1: not known
		deadline  time.Time
	}{
		{"nothing", nil, -1, none},
		{"one", parts{{Newest: at(-3)}}, 3 * time.Minute, at(7)},
		{"the slowest counts", parts{{Newest: at(-3)}, {Newest: at(-8)}}, 8 * time.Minute, at(2)},
		{"idle ones do not", parts{{Newest: at(-3)}, {Newest: at(-60), Idle: true}}, 3 * time.Minute, at(7)},
		{"all idle", parts{{Newest: at(-30), Idle: true}, {Newest: at(-60), Idle: true}}, 30 * time.Minute, none},
		{"never accepted and idle", parts{{Newest: at(-3)}, {Idle: true}}, 3 * time.Minute, at(7)},
		{"never accepted and active", parts{{Newest: at(-3)}, {Since: at(-5)}}, 3 * time.Minute, at(5)},
		{"out of idleness with old data", parts{{Newest: at(-60), Since: at(-1)}}, time.Hour, at(9)},
		{"active since before its data", parts{{Newest: at(-2), Since: at(-60)}}, 2 * time.Minute, at(8)},
		{"from a clock that is ahead", parts{{Newest: at(2)}}, -2 * time.Minute, at(12)},
	} {
		f, ok := freshness.Freshness(noon, c.parts)
		if ok != (c.freshness != -1) || ok && f != c.freshness {
			t.Errorf("%s: freshness %s %t, want %s", c.name, f, ok, c.freshness)
		}
		d, ok := freshness.Deadline(promise, c.parts)
		if ok == c.deadline.IsZero() || !d.Equal(c.deadline) {
			t.Errorf("%s: deadline %s %t, want %s", c.name, d, ok, c.deadline)
		}
	}
}

func TestSilence(t *testing.T) {
	type parts = []freshness.Partition
	for _, c := range []struct {
		name  string
		parts parts
		want  time.Time
	}{
		{"nothing", nil, time.Time{}},
		{"the newest event counts", parts{{Newest: at(-30), Idle: true}, {Newest: at(-5), Idle: true}}, at(5)},
		{"never an event", parts{{Since: at(-2), Idle: true}, {Since: at(-4), Idle: true}}, at(6)},
	} {
		d, ok := freshness.Silence(10*time.Minute, c.parts)
		if ok == c.want.IsZero() || !d.Equal(c.want) {
			t.Errorf("%s: %s %t, want %s", c.name, d, ok, c.want)
		}
	}
}

func TestNext(t *testing.T) {
	if got := freshness.Next(noon, time.Minute); !got.Equal(at(1)) {
		t.Errorf("without deadlines %s", got)
	}
	if got := freshness.Next(noon, time.Hour, time.Time{}, at(-1), at(5), at(3)); !got.Equal(at(3)) {
		t.Errorf("the earliest to come: %s", got)
	}
}

func TestCompleteness(t *testing.T) {
	if _, ok := freshness.Completeness(0, 0); ok {
		t.Error("nothing has no completeness")
	}
	if c, ok := freshness.Completeness(3, 1); !ok || c != 0.75 {
		t.Errorf("%f %t", c, ok)
	}
}
