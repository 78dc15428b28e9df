// Package job is what the contenders written in Go have in common: how they are told what to do, and the check of an order
// in plain Go.
package job

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"

	hamba "github.com/hamba/avro/v2"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// Job is what a contender is asked to do: read an input topic in a consumer group and write what is good to the output and
// what is bad to the dead letters, until it is told to stop.
type Job struct {
	Brokers     []string
	Registry    string
	Name        string // of the run: output, dead letters and group are derived from it
	Source      string // whose orders are read
	Partitions  int
	ExactlyOnce bool
	Check       bool // false: pass everything through unread
	Mode        string
	Rules       int
	Observe     bool // serve metrics over HTTP and read them once a second
	Products    int
	Compression string // of what is written: none or snappy
	Idle        bool   // weigh the data products once they run, and say what they hold
}

// Input, Output, DeadLetters and Group are the job's names in the cluster.
func (j Job) Input() string       { return orders.Topic(j.Source) }
func (j Job) Output() string      { return orders.Topic(j.Name) }
func (j Job) DeadLetters() string { return orders.DeadLetters(j.Name) }
func (j Job) Group() string       { return orders.Group(j.Name) }

// Main runs a contender: it reads the job from the command line, runs it until SIGTERM or an interrupt, and exits.
func Main(run func(context.Context, Job) error) {
	var j Job
	brokers := flag.String("brokers", "", "`addresses` to start from, with commas between")
	flag.StringVar(&j.Registry, "registry", "", "schema registry's `URL`")
	flag.StringVar(&j.Name, "name", "", "`name` of the run")
	flag.StringVar(&j.Source, "source", "", "`name` of the data product whose orders are read")
	flag.IntVar(&j.Partitions, "partitions", 4, "partitions of both topics")
	flag.BoolVar(&j.ExactlyOnce, "eos", false, "exactly-once")
	flag.BoolVar(&j.Check, "check", true, "decode and check; false passes everything through")
	flag.StringVar(&j.Mode, "mode", "guard", "of Tidemark: guard, transform, splice or observe; clients and schemas run none")
	flag.IntVar(&j.Rules, "rules", orders.Reference, "of Tidemark: how many rules the contract has")
	flag.BoolVar(&j.Observe, "observe", false, "of Tidemark: serve metrics and read them once a second")
	flag.IntVar(&j.Products, "products", 1, "of Tidemark: data products in the process")
	flag.BoolVar(&j.Idle, "idle", false, "of Tidemark: say what idle data products hold")
	flag.StringVar(&j.Compression, "compression", "none", "of franz and Tidemark: none or snappy")
	profile := flag.String("cpuprofile", "", "`file` for a CPU profile")
	flag.Parse()
	j.Brokers = strings.Split(*brokers, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := profiled(ctx, *profile, j, run); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func profiled(ctx context.Context, file string, j Job, run func(context.Context, Job) error) (err error) {
	if file == "" {
		return run(ctx, j)
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("--cpuprofile: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return fmt.Errorf("--cpuprofile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return run(ctx, j)
}

// Checker decodes and checks orders with hamba/avro, the decoder that was fastest for Go structs. One goroutine at a time.
type Checker struct {
	schema hamba.Schema
	judge  *orders.Judge
	order  orders.Order
}

// NewChecker parses the schema.
func NewChecker() (*Checker, error) {
	schema, err := hamba.Parse(orders.Schema)
	if err != nil {
		return nil, fmt.Errorf("parse the order's schema: %w", err)
	}
	return &Checker{schema: schema, judge: orders.NewJudge()}, nil
}

// ErrFrame says that a value is not in the wire format.
var ErrFrame = errors.New("not in the wire format")

// Check says why a record is bad. It takes every schema id for the order's.
func (c *Checker) Check(key, value []byte) error {
	_, err := c.Decode(key, value)
	return err
}

// Decode gives the order of a good record; it is valid until the next call.
func (c *Checker) Decode(key, value []byte) (*orders.Order, error) {
	if len(value) < 5 || value[0] != 0 || binary.BigEndian.Uint32(value[1:]) == 0 {
		return nil, ErrFrame
	}
	c.order = orders.Order{Lines: c.order.Lines[:0]}
	if err := hamba.Unmarshal(c.schema, value[5:], &c.order); err != nil {
		return nil, err
	}
	return &c.order, c.judge.Check(&c.order, key)
}
