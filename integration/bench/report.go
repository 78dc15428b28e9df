package main

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what the runs came to.
type report struct {
	machine string
	command string
	date    time.Time
	rig     string
	suites  []Suite
	results []Result
}

func newReport(b *bench) *report {
	r := &report{machine: machine(), command: "go -C integration/bench run . " + strings.Join(os.Args[1:], " "), date: time.Now(), rig: "kfake in a process of its own"}
	if b.brokers != "" {
		r.rig = "Kafka at " + b.brokers
	}
	return r
}

// machine says what the numbers were measured on.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d x %s, %s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.Version())
}

func (r *report) add(s Suite, results []Result) {
	r.suites = append(r.suites, s)
	r.results = append(r.results, results...)
}

func (r *report) markdown() string {
	var b strings.Builder
	least, most := r.loads()
	fmt.Fprintf(&b, "%s · %s · %s · load average when the runs began %.1f to %.1f\n\n    %s\n", r.machine, r.rig, r.date.UTC().Format(time.DateOnly), least, most, r.command)
	for _, s := range r.suites {
		fmt.Fprintf(&b, "\n### %s\n\n", s.Title)
		if s.Cases[0].Asks {
			r.own(&b, s)
		} else {
			r.table(&b, s)
		}
	}
	return b.String()
}

func (r *report) loads() (least, most float64) {
	for i, one := range r.results {
		if i == 0 || one.Load < least {
			least = one.Load
		}
		most = max(most, one.Load)
	}
	return least, most
}

// of gives a case's good runs, and why the others are none.
func (r *report) of(s Suite, c Case) (good []Result, failed []string) {
	for _, one := range r.results {
		switch {
		case one.Suite != s.Name || one.Case != c.Label:
		case one.Failed != "":
			failed = append(failed, one.Failed)
		default:
			good = append(good, one)
		}
	}
	return good, failed
}

// table is a suite of runs that moved records: medians, and the least and the most of the rates.
func (r *report) table(b *strings.Builder, s Suite) {
	latency := func(cells string) string {
		if s.Paced {
			return cells
		}
		return ""
	}
	fmt.Fprintf(b, "| %s | records/s | least..most | of the first | CPU us/record | least..most | peak RSS MiB |%s start s | verdict |\n", s.Axis, latency(" p50 ms | p99 ms |"))
	fmt.Fprintf(b, "|---|--:|--:|--:|--:|--:|--:|%s--:|---|\n", latency("--:|--:|"))
	base := 0.0
	for n, c := range s.Cases {
		good, failed := r.of(s, c)
		if len(good) == 0 {
			fmt.Fprintf(b, "| %s | – | | | | | |%s | %s |\n", c.Label, latency(" | |"), first(failed))
			continue
		}
		rate := spread(good, func(r Result) float64 { return r.PerSecond })
		cpu := spread(good, func(r Result) float64 { return r.CPU })
		rss := spread(good, func(r Result) float64 { return float64(r.PeakRSS >> 20) })
		start := spread(good, func(r Result) float64 { return r.Startup })
		if n == 0 {
			base = rate.median
		}
		fmt.Fprintf(b, "| %s | %s | %s..%s | %.2f | %.2f | %.2f..%.2f | %.0f |", c.Label, thousands(rate.median), thousands(rate.least), thousands(rate.most), rate.median/base, cpu.median, cpu.least, cpu.most, rss.median)
		if s.Paced {
			p50 := spread(good, func(r Result) float64 { return r.P50 })
			p99 := spread(good, func(r Result) float64 { return r.P99 })
			fmt.Fprintf(b, " %.1f | %.1f%s |", p50.median, p99.median, behind(good))
		}
		fmt.Fprintf(b, " %.1f | %s |\n", start.median, verdicts(c, good, failed))
	}
	if s.Paced {
		b.WriteString("\nWhat each does, compared with a guard:\n\n")
		for _, c := range s.Cases {
			fmt.Fprintf(b, "- **%s**: %s\n", c.Label, c.Contender.Does)
		}
	}
}

func behind(good []Result) string {
	if slices.ContainsFunc(good, func(r Result) bool { return r.Behind }) {
		return " (fell behind)"
	}
	return ""
}

// verdicts says in a few words whether every run put every record where it belongs.
func verdicts(c Case, good []Result, failed []string) string {
	text := "ok"
	for _, one := range good {
		if v := one.Verdict; v != nil && (!v.Clean(c.Contender.Checks) || v.Duplicates > 0 || !c.Contender.Checks) {
			text = v.String()
		}
	}
	if len(failed) > 0 {
		text += fmt.Sprintf("; %d of %d runs failed: %s", len(failed), len(failed)+len(good), first(failed))
	}
	return text
}

func first(texts []string) string {
	if len(texts) == 0 {
		return "not run"
	}
	return strings.ReplaceAll(texts[0], "|", "/")
}

// own is a suite of contenders that measured themselves.
func (r *report) own(b *strings.Builder, s Suite) {
	names := map[string]bool{}
	for _, one := range r.results {
		if one.Suite == s.Name {
			for name := range one.Own {
				names[name] = true
			}
		}
	}
	columns := slices.Sorted(maps.Keys(names))
	fmt.Fprintf(b, "| %s | %s |\n|---|%s\n", s.Axis, strings.Join(columns, " | "), strings.Repeat("--:|", len(columns)))
	for _, c := range s.Cases {
		good, failed := r.of(s, c)
		fmt.Fprintf(b, "| %s |", c.Label)
		if len(good) == 0 {
			fmt.Fprintf(b, " %s |\n", first(failed))
			continue
		}
		for _, name := range columns {
			v := spread(good, func(r Result) float64 { return r.Own[name] })
			if v.least == v.most {
				fmt.Fprintf(b, " %.5g |", v.median)
			} else {
				fmt.Fprintf(b, " %.5g (%.5g..%.5g) |", v.median, v.least, v.most)
			}
		}
		b.WriteString("\n")
	}
}

type values struct{ median, least, most float64 }

func spread(results []Result, of func(Result) float64) values {
	all := make([]float64, len(results))
	for i, r := range results {
		all[i] = of(r)
	}
	slices.Sort(all)
	n := len(all)
	return values{(all[(n-1)/2] + all[n/2]) / 2, all[0], all[n-1]}
}

func thousands(f float64) string {
	if f < 10_000 {
		return fmt.Sprintf("%.1fk", f/1000)
	}
	return fmt.Sprintf("%.0fk", f/1000)
}
