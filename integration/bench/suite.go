package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/integration/bench/rig"
)

// Suite is one table: cases that are run in turn, several rounds of all of them.
type Suite struct {
	Name  string
	Title string
	Axis  string // what the cases differ in
	Cases []Case
	Paced bool // latency is measured too
}

// Case is one line of a table.
type Case struct {
	Label     string
	Contender Contender
	Workload  orders.Workload
	Asks      bool // the contender prints what it measured of itself, instead of moving records
}

// Result is one run of a case.
type Result struct {
	Suite     string             `json:"suite"`
	Case      string             `json:"case"`
	Round     int                `json:"round"`
	Workload  orders.Workload    `json:"workload"`
	PerSecond float64            `json:"recordsPerSecond,omitempty"`
	CPU       float64            `json:"cpuMicrosPerRecord,omitempty"`      // from the first record to the last
	CPUWhole  float64            `json:"cpuMicrosPerRecordWhole,omitempty"` // with start and stop
	PeakRSS   int64              `json:"peakRSSBytes,omitempty"`
	Startup   float64            `json:"startupSeconds,omitempty"` // from the start of the process to its first output
	P50       float64            `json:"p50Millis,omitempty"`
	P99       float64            `json:"p99Millis,omitempty"`
	Behind    bool               `json:"behind,omitempty"` // it could not keep the pace, so its latencies are of what came in time
	Load      float64            `json:"loadAverage"`      // of the machine, in the last minute, when the run began
	Verdict   *rig.Verdict       `json:"verdict,omitempty"`
	Own       map[string]float64 `json:"own,omitempty"` // what the contender measured of itself
	Failed    string             `json:"failed,omitempty"`
}

// run is a case in the making.
type run struct {
	cluster  *rig.Cluster
	name     string // of the run in the cluster
	source   string
	workload orders.Workload
	logFile  string
	profile  string // file for a CPU profile; empty for none
}

// suite runs all rounds of a suite. Each round has a broker of its own and begins with another case, so that no case is
// always the one after the same other.
func (b *bench) suite(ctx context.Context, s Suite) []Result {
	var results []Result
	for round := range b.rounds {
		cluster, err := rig.Open(ctx, filepath.Join(b.built.dir, "broker"), b.brokers)
		if err != nil {
			return append(results, Result{Suite: s.Name, Round: round, Failed: err.Error()})
		}
		filled := map[orders.Workload]bool{}
		for n := range s.Cases {
			c := s.Cases[(n+round)%len(s.Cases)]
			r := Result{Suite: s.Name, Case: c.Label, Round: round, Workload: c.Workload, Load: load()}
			if why := b.skips(c.Contender); why != "" {
				r.Failed = why
				results = append(results, r)
				continue
			}
			fmt.Fprintf(os.Stderr, "%s, round %d of %d: %s ", s.Name, round+1, b.rounds, c.Label)
			in := run{cluster: cluster, name: fmt.Sprintf("r%d-%d", round, n), source: "shop-" + c.Workload.String(), workload: c.Workload,
				logFile: filepath.Join(b.out, fmt.Sprintf("%s-%d-%d.log", s.Name, round, n))}
			if b.profile {
				in.profile = strings.TrimSuffix(in.logFile, ".log") + ".pprof"
			}
			if !filled[c.Workload] && !c.Asks {
				if err := cluster.Fill(ctx, in.source, c.Workload); err != nil {
					r.Failed = err.Error()
				}
				filled[c.Workload] = true
			}
			if r.Failed == "" {
				b.measure(ctx, s, c, in, &r)
			}
			fmt.Fprintln(os.Stderr, r.line())
			results = append(results, r)
			if ctx.Err() != nil {
				break
			}
		}
		for w := range filled {
			if err := cluster.Delete(context.WithoutCancel(ctx), orders.Topic("shop-"+w.String())); err != nil {
				fmt.Fprintln(os.Stderr, "warning:", err)
			}
		}
		cluster.Close()
		if ctx.Err() != nil {
			break
		}
	}
	return results
}

func (b *bench) skips(c Contender) string {
	if why := b.built.failed[c.Program]; why != "" {
		return "skipped: " + why
	}
	if c.RealOnly && b.brokers == "" {
		return "skipped: it makes no progress on kfake; run with --brokers"
	}
	return ""
}

func (b *bench) measure(ctx context.Context, s Suite, c Case, in run, r *Result) {
	var err error
	switch {
	case c.Asks:
		err = b.ask(ctx, c, in, r)
	default:
		err = b.drain(ctx, c, in, r)
		if err == nil && s.Paced && b.latency > 0 {
			err = b.paced(ctx, c, in, r)
		}
	}
	if err != nil {
		r.Failed = err.Error()
	}
}

func (r Result) line() string {
	if r.Failed != "" {
		return "FAILED " + r.Failed
	}
	if r.Own != nil {
		return fmt.Sprint(r.Own)
	}
	line := fmt.Sprintf("%.0f/s, %.2f us, %d MiB, start %.2f s; %s", r.PerSecond, r.CPU, r.PeakRSS>>20, r.Startup, r.Verdict)
	if r.P50 > 0 {
		line += fmt.Sprintf("; p50 %.1f p99 %.1f ms", r.P50, r.P99)
	}
	return line
}

// drain lets a contender work off a backlog.
func (b *bench) drain(ctx context.Context, c Case, in run, r *Result) error {
	if err := in.cluster.Prepare(ctx, in.name, in.workload.Partitions); err != nil {
		return err
	}
	p, err := rig.Start(b.built.argv(c.Contender, in), b.built.source, in.logFile)
	if err != nil {
		return err
	}
	err = b.watch(ctx, p, c, in, r)
	if err == nil {
		r.Verdict, err = b.verdict(ctx, c, in)
	}
	whole, stopped := p.Stop()
	if err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	r.CPUWhole = float64(whole.Microseconds()) / float64(in.workload.Records)
	return in.cluster.Forget(ctx, in.name)
}

// verdict looks for every record. Where duplicates made a contender look finished before it was, it gets the time to go on.
func (b *bench) verdict(ctx context.Context, c Case, in run) (*rig.Verdict, error) {
	for {
		before, err := in.cluster.Progress(ctx, in.name, in.source, c.Contender.Transactional)
		if err != nil {
			return nil, err
		}
		v, err := in.cluster.Judge(ctx, in.name, in.workload)
		if err != nil || v.Lost == 0 {
			return &v, err
		}
		now := before
		for waiting := time.Now(); now == before && time.Since(waiting) < 10*time.Second && ctx.Err() == nil; {
			time.Sleep(100 * time.Millisecond) // between looks at offsets, which nobody announces
			if now, err = in.cluster.Progress(ctx, in.name, in.source, c.Contender.Transactional); err != nil {
				return nil, err
			}
		}
		if now == before {
			return &v, ctx.Err()
		}
	}
}

// watch measures from the first output to the last.
func (b *bench) watch(ctx context.Context, p *rig.Process, c Case, in run, r *Result) error {
	var first, last time.Time
	var before, done int64
	var cpu time.Duration
	for moved := time.Now(); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.Ended():
			return fmt.Errorf("it ended by itself; see %s", in.logFile)
		case <-time.After(10 * time.Millisecond):
		}
		now, err := in.cluster.Progress(ctx, in.name, in.source, c.Contender.Transactional)
		if err != nil {
			return err
		}
		switch {
		case now > done:
			moved, last, done = time.Now(), time.Now(), now
		case time.Since(moved) > b.patience:
			return fmt.Errorf("stuck at %d of %d records; see %s", done, in.workload.Records, in.logFile)
		}
		if first.IsZero() && now > 0 {
			first, before = last, now
			if cpu, err = p.CPU(); err != nil {
				return err
			}
			r.Startup = first.Sub(p.Started).Seconds()
		}
		if done >= int64(in.workload.Records) {
			break
		}
	}
	after, err := p.CPU()
	if err != nil {
		return err
	}
	if r.PeakRSS, err = p.PeakRSS(); err != nil {
		return err
	}
	worked := float64(int64(in.workload.Records) - before)
	if worked < float64(in.workload.Records)/2 || !last.After(first) {
		return fmt.Errorf("%d of %d records were done when it was first looked at: use more --records", before, in.workload.Records)
	}
	r.PerSecond = worked / last.Sub(first).Seconds()
	r.CPU = float64((after - cpu).Microseconds()) / worked
	return nil
}

// paced measures latency under a load that every contender should carry.
func (b *bench) paced(ctx context.Context, c Case, in run, r *Result) error {
	in.name, in.source, in.profile = in.name+"-paced", in.source+"-paced", ""
	if err := in.cluster.Prepare(ctx, in.name, in.workload.Partitions); err != nil {
		return err
	}
	if err := in.cluster.Create(ctx, in.workload.Partitions, orders.Topic(in.source)); err != nil {
		return err
	}
	p, err := rig.Start(b.built.argv(c.Contender, in), b.built.source, in.logFile+".paced")
	if err != nil {
		return err
	}
	l, err := in.cluster.Paced(ctx, in.name, in.source, in.workload, b.rate, b.latency)
	if _, stopped := p.Stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	r.P50, r.P99 = millis(l.P50), millis(l.P99)
	r.Behind = float64(l.Records) < float64(l.Sent)*(1-in.workload.Bad)*0.98
	return errors.Join(in.cluster.Forget(ctx, in.name), in.cluster.Delete(ctx, orders.Topic(in.source)))
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
