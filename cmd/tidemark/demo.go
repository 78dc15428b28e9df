package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/portal"
)

// demo is what `tidemark demo` was asked for.
type demo struct {
	listenKafka, listenRegistry, listenHTTP string

	data     string
	bad      float64
	seed     uint64
	speed    float64
	except   []string
	once     bool
	logLevel slog.Level
}

func newDemoCommand(s *settings) *cobra.Command {
	d := demo{logLevel: slog.LevelError}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a whole mesh in one process, with data moving through it",
		Long: `Runs a whole mesh in one process: a Kafka broker, a schema registry, the platform, six domains with their
data products, and a shop that publishes. The shop's orders are real (9,994 lines of 5,009 orders); first it
publishes all of them, then it goes on for ever. Ctrl-C ends it.

With --brokers and --registry it runs the same mesh on a cluster that exists, if that has none of its topics,
subjects and consumer groups yet. Only those flags count: without them the demo has its own broker and registry, whatever
` + envName("brokers") + `, ` + envName("registry") + ` or a configuration file say, so that none is let loose on a cluster by accident.`,
		Example: `  tidemark demo                           then open http://127.0.0.1:8080
  tidemark demo --data ./mesh             keep everything; a second start goes on from there
  tidemark demo --bad 0.02                two bad events for every hundred good ones
  tidemark demo --except payments         leave a domain out, and run its own binary instead
  tidemark demo --once -o json            replay the orders once, check what came of it, and end`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := d.options(s, cmd)
			if err != nil {
				return err
			}
			return d.run(s, cmd, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.listenKafka, "listen-kafka", defaultBrokers, "where the broker listens, `host:port`; port 0 takes a free one")
	f.StringVar(&d.listenRegistry, "listen-registry", strings.TrimPrefix(defaultRegistry, "http://"), "where the registry listens, `host:port`")
	f.StringVar(&d.listenHTTP, "listen-http", strings.TrimPrefix(defaultPlatform, "http://"), "where the platform listens, `host:port`")
	f.StringVar(&d.data, "data", "", "a `folder` that keeps everything; without it all is gone at the end")
	f.Float64Var(&d.bad, "bad", 0, "`ratio` of bad events to good ones, 0 to 1")
	f.Uint64Var(&d.seed, "seed", 1, "`number` that decides everything invented")
	f.Float64Var(&d.speed, "speed", 2, "`orders` a second, once the file's orders are published")
	f.StringSliceVar(&d.except, "except", nil, "`domains` that this process leaves out")
	f.BoolVar(&d.once, "once", false, "replay the file once, check that all agrees with the ledger, and end; on free ports unless they are given")
	f.TextVar(&d.logLevel, "log-level", d.logLevel, "what is logged to stderr: debug, info, warn or error; with --brokers it is warn from 10 s after the start")
	f.SortFlags = false
	_ = cmd.RegisterFlagCompletionFunc("except", cobra.FixedCompletions(domainNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagDirname("data")
	return cmd
}

func domainNames() []string {
	var names []string
	for _, d := range demoDomains() {
		names = append(names, d.Name)
	}
	return names
}

// options are those of the mesh. The brokers and the registry must be flags: a variable that points the other commands at
// a cluster should not let a demo loose on it.
func (d *demo) options(s *settings, cmd *cobra.Command) (local.Options, error) {
	given := cmd.Flags().Changed
	o := local.Options{
		Contracts: files.FS, Domains: demoDomains(), Except: d.except,
		ListenKafka: d.listenKafka, ListenRegistry: d.listenRegistry, ListenHTTP: d.listenHTTP, Data: d.data,
		Bad: d.bad, Speed: d.speed, Version: readBuild().Version,
		DeadLetters: func(cfg kafka.Config) portal.DeadLetters { return deadLetters{cfg} },
	}
	court, err := newCourt("", "")
	if err != nil {
		return o, err
	}
	o.Policies = court
	if given("seed") {
		o.Seed = &d.seed
	}
	if math.IsNaN(d.bad) || d.bad < 0 || d.bad > 1 {
		return o, usagef("--bad %g: give a ratio from 0 to 1, such as 0.02", d.bad)
	}
	if math.IsNaN(d.speed) || math.IsInf(d.speed, 0) || d.speed < 0 {
		return o, usagef("--speed %g: give orders a second, 0 for none", d.speed)
	}
	for _, name := range d.except {
		if names := domainNames(); !slices.Contains(names, name) {
			return o, usagef("--except %s: there is no such domain; there are %s", name, strings.Join(names, ", "))
		}
	}
	if d.once {
		for flag, address := range map[string]*string{"listen-kafka": &o.ListenKafka, "listen-registry": &o.ListenRegistry, "listen-http": &o.ListenHTTP} {
			if !given(flag) {
				*address = "" // a free port
			}
		}
	}
	var level slog.Leveler = d.logLevel
	switch brokers, registry := given("brokers"), given("registry"); {
	case brokers != registry:
		return o, usagef("a cluster that exists needs both --brokers and --registry; without both, the demo embeds its own")
	case brokers && (given("listen-kafka") || given("listen-registry") || given("data")):
		return o, usagef("--listen-kafka, --listen-registry and --data are for the embedded broker; with --brokers there is none")
	case brokers:
		cluster := &local.Cluster{}
		if cluster.Kafka, err = s.brokers(); err != nil {
			return o, err
		}
		if cluster.Registry, err = s.Schemas(s.process.env, nil); err != nil {
			return o, &usageError{err}
		}
		o.Existing, o.Remove = cluster, d.once
		if !given("log-level") {
			level = &startLevel{settled: s.process.now().Add(settling), now: s.process.now}
		}
	}
	o.Logger = s.logger(cmd, level)
	return o, nil
}

var errInterrupted = errors.New("interrupted before the file was replayed and checked")

// closing bounds how long a demo takes to end.
const closing = 30 * time.Second

func (d *demo) run(s *settings, cmd *cobra.Command, o local.Options) (err error) {
	limitMemory()
	ctx := cmd.Context()
	if o.Existing == nil {
		s.noteUnused(cmd.ErrOrStderr())
	}
	bar := newBackfillBar(cmd.ErrOrStderr())
	o.Progress = bar.progress
	m, err := local.Start(ctx, o)
	if err != nil {
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			if d.once {
				return errInterrupted
			}
			return nil // it was told to end before it was ready
		}
		return demoHint(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		err = errors.Join(err, m.Close(ctx))
	}()
	defer bar.end()
	if d.once {
		summary, err := m.Once(ctx)
		bar.end()
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			return err
		}
		return printSummary(s, cmd, summary)
	}
	if err := d.welcome(s, cmd, m); err != nil {
		return err
	}
	return m.Run(ctx)
}

// demoHint adds the next step to why a demo did not start.
func demoHint(err error) error {
	if a, ok := errors.AsType[*local.AddressError](err); ok && a.InUse() {
		host := a.Address[:strings.LastIndex(a.Address, ":")]
		flag := "--listen-" + a.What
		return withNext(fmt.Errorf("%s %s: address already in use", flag, a.Address), "pass %s %s:0 for a free port, or stop what listens there", flag, host)
	}
	if a, ok := errors.AsType[*local.AddressError](err); ok {
		return fmt.Errorf("--listen-%s %s: %w", a.What, a.Address, a.Err)
	}
	if _, ok := errors.AsType[*local.OccupiedError](err); ok {
		return withNext(err, "name another cluster, or delete these there; the demo only starts where it can tell its own from yours")
	}
	return err
}

// welcome says where everything is and what to try.
func (d *demo) welcome(s *settings, cmd *cobra.Command, m *local.Mesh) error {
	a := m.Addresses()
	var b strings.Builder
	fmt.Fprintf(&b, "The mesh runs: ready after %.1f s.\n\n", m.ReadyAfter().Seconds())
	fmt.Fprintf(&b, "  %s  %s\n", "pages and API", a.Platform)
	fmt.Fprintf(&b, "  %s  %s\n", "Kafka        ", a.Brokers)
	fmt.Fprintf(&b, "  %s  %s\n\n", "registry     ", a.Registry)
	platform, cluster := s.flagUnless("platform", s.Platform, a.Platform), s.flagUnless("brokers", s.Brokers, a.Brokers)+s.flagUnless("registry", s.Registry, a.Registry)
	fmt.Fprintf(&b, "Try next, in another terminal:\n\n")
	self := os.Args[0] // as it was typed, so that the lines can be copied
	fmt.Fprintf(&b, "  %s get data-products%s\n", self, platform)
	fmt.Fprintf(&b, "  %s tail orders.order-lines.lines.v1%s\n", self, cluster)
	if d.bad > 0 {
		fmt.Fprintf(&b, "  %s dlq list orders.orders%s\n", self, cluster)
	} else {
		fmt.Fprintf(&b, "  %s search shipment%s\n", self, platform)
	}
	fmt.Fprintf(&b, "\nCtrl-C ends it.\n")
	return s.print(cmd, listing{value: a, names: []string{a.Platform, a.Brokers, a.Registry}, text: b.String()})
}
