package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func newRunCommand(s *settings) *cobra.Command {
	var file, root, instance string
	heartbeat, level := 5*time.Second, slog.LevelInfo
	cmd := &cobra.Command{
		Use:   "run -f FILE.odps.yaml",
		Short: "Run a guard or observe data product from its YAML alone",
		Long: `Runs a data product that needs no code: a guard, which copies what keeps the contract from an existing topic
to a clean one, or an observer, which checks an existing topic in place. Its ODPS file says which. Contracts
and schemas are read from the nearest folder above the file that is named contracts, else from the file's own.
A broker, a registry or a topic that is not there is waited for.`,
		Example: `  tidemark run -f contracts/fulfillment/tracking/product.odps.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return usagef("-f is missing: name the data product's ODPS file")
			}
			product, tree, err := readDataProduct(file, root)
			if err != nil {
				return err
			}
			cfg := dataproduct.Config{
				Contracts: tree, Control: files.FS, Instance: instance, Heartbeat: heartbeat,
				Version: readBuild().Version, Logger: s.logger(cmd, level),
			}
			if cfg.Kafka, err = s.brokers(); err != nil {
				return err
			}
			cfg.Kafka.Logger = cfg.Logger
			if cfg.Registry, err = s.schemas(); err != nil {
				return err
			}
			i, err := dataproduct.New(cfg, product)
			if err != nil {
				return err
			}
			return i.Run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "the data product's ODPS `file`")
	f.StringVar(&root, "contracts", "", "the `folder` with contracts and schemas")
	f.StringVar(&instance, "instance", "", "the instance's stable `name` (default <binary>@<host>)")
	f.DurationVar(&heartbeat, "heartbeat", heartbeat, "how often to say that it lives")
	f.TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	f.SortFlags = false
	_ = cmd.MarkFlagFilename("file", "yaml", "yml")
	_ = cmd.MarkFlagDirname("contracts")
	return cmd
}

// readDataProduct reads an ODPS file and makes the data product of it. It gives the tree of contracts too, which
// is the folder root, or else where one would keep them.
func readDataProduct(file, root string) (dataproduct.Product, fs.FS, error) {
	var none dataproduct.Product
	text, err := os.ReadFile(file)
	if err != nil {
		return none, nil, withNext(err, "name the data product's ODPS file, such as contracts/shop/orders/product.odps.yaml")
	}
	doc, findings := contract.ParseDataProduct(file, text)
	if err := faults(findings); err != nil {
		return none, nil, err
	}
	if root == "" {
		if root, err = contractsFolder(file); err != nil {
			return none, nil, err
		}
	}
	tree := os.DirFS(root)
	set, findings := contract.Load(tree)
	if err := faults(findings); err != nil {
		return none, nil, fmt.Errorf("in %s: %w", root, err)
	}
	if _, ok := set.DataProduct(doc.ID); !ok {
		return none, nil, withNext(fmt.Errorf("%s: data product %s is not below %s", file, doc.ID, root), "name the folder that holds the file with --contracts")
	}
	product, err := dataproduct.FromFile(set, doc.ID)
	return product, tree, err
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
