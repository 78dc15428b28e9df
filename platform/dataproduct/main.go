package dataproduct

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// Exit codes of a domain's binary, as of the CLI.
const (
	exitFailed = 1
	exitUsage  = 2
)

// Main is a domain's binary: it reads flags and TIDEMARK_* settings, runs the data products until it is
// interrupted or terminated, and exits. A second signal ends it at once.
func Main(contracts fs.FS, products ...Product) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from then on a signal does what it does by default
	code := run(ctx, contracts, products, os.Args[1:], os.Getenv, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, contracts fs.FS, products []Product, args []string, getenv func(string) string, stderr io.Writer) int {
	cfg, err := settings(args, getenv, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "error:", err)
		return exitUsage
	}
	cfg.Contracts = contracts
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesTimeout)
		defer cancel()
		_ = cfg.Tracing.Close(ending) // what the collector does not take by then is lost
	}()
	instance, err := New(cfg, products...)
	if err == nil {
		err = instance.Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return exitFailed
	}
	return 0
}

// settings are flags, else TIDEMARK_* variables, else defaults.
func settings(args []string, getenv func(string) string, stderr io.Writer) (Config, error) {
	or := func(name, fallback string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return fallback
	}
	var cfg Config
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var cluster connect.Settings
	for _, f := range cluster.Fields() {
		flags.StringVar(f.Value, f.Name, or(connect.Env(f.Name), f.Default), f.Usage+" ($"+connect.Env(f.Name)+")")
	}
	flags.StringVar(&cfg.Instance, "instance", getenv("TIDEMARK_INSTANCE"), "the instance's stable `name`; default <binary>@<host> ($TIDEMARK_INSTANCE)")
	flags.DurationVar(&cfg.Heartbeat, "heartbeat", 0, "how often to say that it lives; default 5s")
	flags.DurationVar(&cfg.VerdictWait, "verdict-wait", 0, "how long to wait at the start for the policies' verdict; default 10s, negative asks for none")
	flags.DurationVar(&cfg.CommitInterval, "commit-interval", 0, "the least time between two commits of the same partitions; default 100ms")
	flags.IntVar(&cfg.Slots, "slots", 0, "how many `transactions` of a data product may be under way at once; default 2")
	flags.BoolVar(&cfg.StaticMembership, "static-membership", getenv("TIDEMARK_STATIC_MEMBERSHIP") == "true", "let a restart within 45s keep its partitions; the instance's name must be its own ($TIDEMARK_STATIC_MEMBERSHIP)")
	flags.BoolVar(&cfg.ServerAssigned, "server-assigned", getenv("TIDEMARK_SERVER_ASSIGNED") == "true", "let brokers assign partitions, from Kafka 4.3 on ($TIDEMARK_SERVER_ASSIGNED)")
	compression := flags.String("compression", getenv("TIDEMARK_COMPRESSION"), "how what is published is compressed: none, snappy, lz4, gzip or zstd; default snappy ($TIDEMARK_COMPRESSION)")
	flags.StringVar(&cfg.HTTP, "http", getenv("TIDEMARK_HTTP"), "`address` for /livez, /readyz, /metrics and resume, such as 127.0.0.1:0; default none ($TIDEMARK_HTTP)")
	traces := flags.String("traces", getenv("TIDEMARK_TRACES"), "`URL` of an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318: one record in a hundred is traced; default what OTEL_* variables say, else none ($TIDEMARK_TRACES)")
	level := flags.String("log-level", or("TIDEMARK_LOG_LEVEL", "info"), "debug, info, warn or error ($TIDEMARK_LOG_LEVEL)")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	if flags.NArg() > 0 {
		return cfg, fmt.Errorf("unexpected argument %q: everything is set by flags; see -help", flags.Arg(0))
	}
	var least slog.Level
	if err := least.UnmarshalText([]byte(*level)); err != nil {
		return cfg, fmt.Errorf("--log-level %s: use debug, info, warn or error", *level)
	}
	cfg.Logger = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: least}))
	lookup := func(name string) (string, bool) { return getenv(name), true }
	var err error
	if cfg.Kafka, err = cluster.Kafka(lookup, cfg.Logger); err != nil {
		return cfg, err
	}
	cfg.Kafka.ClientID, cfg.Kafka.Compression = "tidemark", kafka.Compression(*compression)
	schemas, err := cluster.Schemas(lookup, cfg.Logger)
	if err != nil {
		return cfg, err
	}
	if cfg.Registry, err = registry.New(schemas); err != nil {
		return cfg, fmt.Errorf("--registry: %w", err)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		cfg.Version = strings.Trim(info.Main.Version, "()")
	}
	cfg.Tracing, err = tracing.Open(tracing.Settings{
		Endpoint: *traces, Service: binaryName(), Instance: cmp.Or(cfg.Instance, defaultInstance()), Version: cfg.Version, Getenv: getenv, Logger: cfg.Logger,
	})
	return cfg, err
}

// tracesTimeout is how long the end of a binary waits for its last spans to be sent.
const tracesTimeout = 5 * time.Second
