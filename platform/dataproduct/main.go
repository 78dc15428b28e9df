package dataproduct

import (
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

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
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
	brokers := flags.String("brokers", or("TIDEMARK_BROKERS", "127.0.0.1:9092"), "Kafka brokers, `host:port,...` ($TIDEMARK_BROKERS)")
	urls := flags.String("registry", or("TIDEMARK_REGISTRY", "http://127.0.0.1:8081"), "Schema Registry `URLs` ($TIDEMARK_REGISTRY)")
	flags.StringVar(&cfg.Instance, "instance", getenv("TIDEMARK_INSTANCE"), "the instance's stable `name`; default <binary>@<host> ($TIDEMARK_INSTANCE)")
	flags.DurationVar(&cfg.Heartbeat, "heartbeat", 0, "how often to say that it lives; default 5s")
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
	var err error
	if cfg.Kafka.Brokers, err = kafka.ParseBrokers(*brokers); err != nil {
		return cfg, fmt.Errorf("--brokers: %w", err)
	}
	cfg.Kafka.ClientID, cfg.Kafka.Logger = "tidemark", cfg.Logger
	list, err := registry.ParseURLs(*urls)
	if err != nil {
		return cfg, fmt.Errorf("--registry: %w", err)
	}
	if cfg.Registry, err = registry.New(registry.Config{URLs: list, Logger: cfg.Logger}); err != nil {
		return cfg, fmt.Errorf("--registry: %w", err)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		cfg.Version = strings.Trim(info.Main.Version, "()")
	}
	return cfg, nil
}
