package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/integration/bench/rig"
)

// A contender that loses records or cannot run is told in the table, and medians are of the runs that worked.
func TestTableTellsWhatWentWrong(t *testing.T) {
	one := func(name string, rate float64, v rig.Verdict) Result {
		return Result{Suite: "peers", Case: name, PerSecond: rate, CPU: 1, Verdict: &v}
	}
	s := Suite{Name: "peers", Title: "Peers", Axis: "contender"}
	for _, name := range []string{"floor", "loser", "absent", "shaky"} {
		s.Cases = append(s.Cases, Case{Label: name, Contender: Contender{Name: name, Checks: true}})
	}
	r := &report{date: time.Unix(0, 0)}
	clean := rig.Verdict{Good: 99, Refused: 1}
	r.add(s, []Result{
		one("floor", 100_000, clean), one("floor", 300_000, clean), one("floor", 200_000, clean),
		one("loser", 50_000, clean), one("loser", 50_000, rig.Verdict{Good: 97, Lost: 2, Refused: 1}),
		{Suite: "peers", Case: "absent", Failed: "skipped: mvn: not found"},
		one("shaky", 10_000, clean), {Suite: "peers", Case: "shaky", Failed: "stuck at 3 of 100 records"},
	})
	text := r.markdown()
	for _, want := range []string{
		"| floor | 200k | 100k..300k | 1.00 |", "2 LOST", "| absent | – |", "skipped: mvn: not found", "1 of 2 runs failed: stuck at 3 of 100 records",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
}

func TestChosen(t *testing.T) {
	scale := Scale{Records: 10, Partitions: 1, Bad: 0.01, Steps: 1}
	growth, err := chosen([]string{"growth"}, "", scale)
	if err != nil || len(growth) != len(suites(scale))-1 {
		t.Errorf("growth is %d tables, %v", len(growth), err)
	}
	if _, err := chosen([]string{"pears"}, "", scale); err == nil || !strings.Contains(err.Error(), "peers") {
		t.Errorf("an unknown table gives %v", err)
	}
	if _, err := chosen([]string{"rules"}, "nothing", scale); err == nil {
		t.Error("a pattern that leaves nothing is no error")
	}
	one, err := chosen([]string{"rules"}, "^100$", scale)
	if err != nil || len(one) != 1 || len(one[0].Cases) != 1 || one[0].Cases[0].Workload != (orders.Workload{Records: 10, Partitions: 1, Seed: 7}) {
		t.Errorf("%v, %v", one, err)
	}
}

func TestCleanVerdicts(t *testing.T) {
	for _, c := range []struct {
		v      rig.Verdict
		checks bool
		want   bool
	}{
		{rig.Verdict{Good: 9, Refused: 1}, true, true},
		{rig.Verdict{Good: 9, Passed: 1}, true, false},
		{rig.Verdict{Good: 9, Passed: 1}, false, true},
		{rig.Verdict{Good: 8, Lost: 1}, false, false},
		{rig.Verdict{Good: 8, Wronged: 1}, true, false},
	} {
		if got := c.v.Clean(c.checks); got != c.want {
			t.Errorf("%s: clean %t", c.v, got)
		}
	}
}
