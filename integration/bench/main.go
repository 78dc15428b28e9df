// Command bench runs Tidemark and its peers side by side over the same orders, and shows how Tidemark's own cost grows.
// docs/benchmarks.md says what each number means.
//
//	go -C integration/bench run . --records 200000 --rounds 5 peers
//	go -C integration/bench run . --brokers 127.0.0.1:39092 peers
//	go -C integration/bench run . partitions size rules delivery backlog observation rejects products schemas
//	go -C integration/bench run . growth                # all tables about Tidemark alone
//
// It needs Linux, and Go; Kafka Streams needs Java 17 and Maven, Python's client needs Python 3. What cannot run is in the
// table with the reason.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"
)

type bench struct {
	built    *built
	out      string
	brokers  string
	rounds   int
	rate     int
	latency  time.Duration
	patience time.Duration
	profile  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context) error {
	b := &bench{}
	var scale Scale
	flag.IntVar(&scale.Records, "records", 1_000_000, "records of a workload")
	flag.IntVar(&scale.Partitions, "partitions", 4, "partitions of input and output")
	flag.Float64Var(&scale.Bad, "bad", 0.01, "share of bad records, 0 to 1")
	flag.Float64Var(&scale.Steps, "steps", 1, "share of the way that the tables of growth go: 0.1 grows the backlog from a tenth to the whole of --records instead of to ten times it")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds: each runs every case once")
	flag.StringVar(&b.brokers, "brokers", "", "`addresses` of a real Kafka; default kfake in a process of its own")
	flag.IntVar(&b.rate, "rate", 5_000, "records a second while latency is measured")
	flag.DurationVar(&b.latency, "latency", 5*time.Second, "how long latency is measured in each run of the peers; 0 leaves it out")
	flag.DurationVar(&b.patience, "patience", time.Minute, "how long a contender may make no progress")
	flag.StringVar(&b.out, "out", "", "`folder` for the results and the contenders' logs; default a new one in the temporary folder")
	flag.BoolVar(&b.profile, "profile", false, "leave a CPU profile of each run of a Go contender beside its log")
	only := flag.String("only", "", "`pattern`: only the cases whose names match")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"peers"}
	}
	suites, err := chosen(names, *only, scale)
	if err != nil {
		return err
	}
	if b.rounds < 1 || scale.Records < 1 || scale.Partitions < 1 {
		return errors.New("--rounds, --records and --partitions must be at least 1")
	}
	if b.out == "" {
		if b.out, err = os.MkdirTemp("", "tidemark-bench-"); err != nil {
			return fmt.Errorf("a folder for the results: %w", err)
		}
	} else if err := os.MkdirAll(b.out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	source, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("the module's folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(source, "contender")); err != nil {
		return errors.New("run it in its module's folder: go -C integration/bench run . peers")
	}
	var need []Contender
	for _, s := range suites {
		for _, c := range s.Cases {
			need = append(need, c.Contender)
		}
	}
	if b.built, err = build(ctx, source, need); err != nil {
		return err
	}
	report := newReport(b)
	for _, s := range suites {
		report.add(s, b.suite(ctx, s))
		if err := report.write(b.out); err != nil { // after each suite: a long run that is stopped leaves what it has
			return err
		}
	}
	fmt.Print(report.markdown())
	fmt.Fprintln(os.Stderr, "written to", b.out)
	return ctx.Err()
}

// chosen finds the suites by their names.
func chosen(names []string, only string, scale Scale) ([]Suite, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	all := suites(scale)
	if slices.Equal(names, []string{"growth"}) {
		names = nil
		for _, s := range all {
			if s.Name != "peers" {
				names = append(names, s.Name)
			}
		}
	}
	var picked []Suite
	for _, name := range names {
		i := slices.IndexFunc(all, func(s Suite) bool { return s.Name == name })
		if i < 0 {
			var known []string
			for _, s := range all {
				known = append(known, s.Name)
			}
			return nil, fmt.Errorf("there is no table %q; there are %v, and growth for all but peers", name, known)
		}
		s := all[i]
		s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c Case) bool { return !pattern.MatchString(c.Label) })
		if len(s.Cases) == 0 {
			return nil, fmt.Errorf("--only %s leaves nothing of %s", only, name)
		}
		picked = append(picked, s)
	}
	return picked, nil
}

func (r *report) write(dir string) error {
	text, err := json.MarshalIndent(r.results, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the results: %w", err)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "results.json"), append(text, '\n'), 0o644),
		os.WriteFile(filepath.Join(dir, "results.md"), []byte(r.markdown()), 0o644),
	)
}
