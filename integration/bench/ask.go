package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/integration/bench/rig"
)

// ask runs a contender that measures itself and prints a line of JSON.
func (b *bench) ask(ctx context.Context, c Case, in run, r *Result) error {
	if err := in.cluster.Create(ctx, in.workload.Partitions, orders.Topic(in.source)); err != nil {
		return err
	}
	p, err := rig.Start(b.built.argv(c.Contender, in), b.built.source, in.logFile)
	if err != nil {
		return err
	}
	for began := time.Now(); r.Own == nil && time.Since(began) < 2*time.Minute && ctx.Err() == nil; {
		time.Sleep(50 * time.Millisecond) // between looks at another process's log, which tells nobody that it grew
		r.Own = answer(in.logFile)
		select {
		case <-p.Ended():
			began = time.Time{}
			r.Own = answer(in.logFile)
		default:
		}
	}
	if r.PeakRSS, err = p.PeakRSS(); err != nil {
		r.PeakRSS = 0 // it has ended
	}
	if _, err := p.Stop(); err != nil {
		return err
	}
	if r.Own == nil {
		return fmt.Errorf("it did not say what it measured; see %s", in.logFile)
	}
	return nil
}

// answer finds the line of JSON in a log.
func answer(file string) map[string]float64 {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var own map[string]float64
		if strings.HasPrefix(lines.Text(), "{") && json.Unmarshal(lines.Bytes(), &own) == nil {
			return own
		}
	}
	return nil
}

// load is the machine's load average of the last minute; 0 where nobody knows it.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	f, _ := strconv.ParseFloat(first, 64)
	return f
}
