package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

func newRunCommand(s *settings) *cobra.Command {
	var paths []string
	var root, instance, listen, traces string
	var cfg dataproduct.Config
	var compression kafka.Compression
	heartbeat, level := 5*time.Second, slog.LevelInfo
	cmd := &cobra.Command{
		Use:   "run -f FILE.odps.yaml...",
		Short: "Run a guard or observe data product from its YAML alone",
		Long: `Runs data products that need no code: a guard, which copies what keeps the contract from an existing topic
to a clean one, or an observer, which checks an existing topic in place. Its ODPS file says which. Contracts
and schemas are read from the nearest folder above the file that is named contracts, else from the file's own.
Several -f run in one instance; that folder is then the same for all.
A broker, a registry or a topic that is not there is waited for.`,
		Example: `  tidemark run -f contracts/fulfillment/tracking/product.odps.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(paths) == 0 {
				return usagef("-f is missing: name the data product's ODPS file")
			}
			products, tree, err := readDataProducts(paths, root)
			if err != nil {
				return err
			}
			cfg.Contracts, cfg.Control, cfg.Instance, cfg.Heartbeat, cfg.HTTP = tree, files.FS, instance, heartbeat, listen
			cfg.Version, cfg.Logger = readBuild().Version, s.logger(cmd, level)
			if cfg.Kafka, err = s.brokers(); err != nil {
				return err
			}
			cfg.Kafka.Logger, cfg.Kafka.Compression = cfg.Logger, compression
			if cfg.Registry, err = s.schemas(cfg.Logger); err != nil {
				return err
			}
			if cfg.Tracing, err = tracing.Open(tracing.Settings{
				Endpoint: traces, Service: "tidemark", Instance: instance, Version: cfg.Version, Getenv: os.Getenv, Logger: cfg.Logger,
			}); err != nil {
				return err
			}
			defer func() {
				ending, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 5*time.Second)
				defer cancel()
				_ = cfg.Tracing.Close(ending) // what the collector does not take by then is lost
			}()
			i, err := dataproduct.New(cfg, products...)
			if err != nil {
				return err
			}
			return i.Run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringArrayVarP(&paths, "file", "f", nil, "the data product's ODPS `file`; may be given again")
	f.StringVar(&root, "contracts", "", "the `folder` with contracts and schemas")
	f.StringVar(&instance, "instance", "", "the instance's stable `name` (default <binary>@<host>)")
	f.StringVar(&listen, "http", "", "the `address` for /livez, /readyz, /metrics and resume, such as 127.0.0.1:0 (default none)")
	f.DurationVar(&heartbeat, "heartbeat", heartbeat, "how often to say that it lives")
	f.DurationVar(&cfg.CommitInterval, "commit-interval", 0, "the least time between two commits of the same partitions (default 100ms)")
	f.IntVar(&cfg.Slots, "slots", 0, "how many `transactions` of a data product may be under way at once (default 2)")
	f.BoolVar(&cfg.StaticMembership, "static-membership", false, "let a restart within 45s keep its partitions; the instance's name must be its own")
	f.BoolVar(&cfg.ServerAssigned, "server-assigned", false, "let brokers assign partitions, from Kafka 4.3 on")
	f.StringVar((*string)(&compression), "compression", "", "how what is published is compressed: none, snappy, lz4, gzip or zstd (default snappy)")
	f.StringVar(&traces, "traces", "", "the `URL` of an OpenTelemetry collector that takes OTLP over HTTP: one record in a hundred is traced (default what OTEL_* variables say, else none)")
	f.TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	f.SortFlags = false
	_ = cmd.MarkFlagFilename("file", "yaml", "yml")
	_ = cmd.MarkFlagDirname("contracts")
	return cmd
}

// readDataProducts reads ODPS files and makes data products of them. It gives the tree of contracts too, which is the
// folder root, or else where one would keep them.
func readDataProducts(paths []string, root string) ([]dataproduct.Product, fs.FS, error) {
	ids := make([]string, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, withNext(err, "name the data product's ODPS file, such as contracts/shop/orders/product.odps.yaml")
		}
		doc, findings := contract.ParseDataProduct(path, text)
		if err := faults(findings); err != nil {
			return nil, nil, err
		}
		ids[i] = doc.ID
	}
	if root == "" {
		var err error
		if root, err = commonFolder(paths); err != nil {
			return nil, nil, err
		}
	}
	tree := os.DirFS(root)
	set, findings := contract.Load(tree)
	if err := faults(findings); err != nil {
		err = fmt.Errorf("in %s: %w", root, err)
		if slices.ContainsFunc(findings, func(f contract.Finding) bool { return f.Rule == contract.RuleUnresolved }) {
			err = withNext(err, "name the folder that holds all contracts with --contracts")
		}
		return nil, nil, err
	}
	products := make([]dataproduct.Product, len(ids))
	for i, id := range ids {
		if _, ok := set.DataProduct(id); !ok {
			return nil, nil, withNext(fmt.Errorf("%s: data product %s is not below %s", paths[i], id, root), "name the folder that holds the file with --contracts")
		}
		var err error
		if products[i], err = dataproduct.FromFile(set, id); err != nil {
			return nil, nil, err
		}
	}
	return products, tree, nil
}

// commonFolder is the contracts folder of all files.
func commonFolder(paths []string) (string, error) {
	var common string
	for _, path := range paths {
		folder, err := contractsFolder(path)
		if err != nil {
			return "", err
		}
		if common != "" && folder != common {
			return "", usagef("the files' contracts are in %s and in %s: name the folder that holds all with --contracts", common, folder)
		}
		common = folder
	}
	return common, nil
}

// contractsFolder is the nearest folder above the file that is named contracts, else the file's own.
func contractsFolder(file string) (string, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if filepath.Base(dir) == "contracts" {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return filepath.Dir(path), nil
		}
	}
}

// faults makes one error of all findings that are errors.
func faults(findings []contract.Finding) error {
	var errs []error
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			errs = append(errs, errors.New(strings.TrimSpace(f.String())))
		}
	}
	return errors.Join(errs...)
}
