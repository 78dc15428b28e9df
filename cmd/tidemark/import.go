package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	standards "github.com/tidemark-mesh/tidemark/platform/format"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// importing is what `import` was told.
type importing struct {
	format, dir, port string
	records           int
	dry               bool
	out               reportFormat
}

// fromTopic is the format that is no document.
const fromTopic = "topic"

func importFormats() []string {
	all := append(standards.Importers(), fromTopic)
	slices.Sort(all)
	return all
}

func newImportCommand(s *settings) *cobra.Command {
	i := importing{out: reportFormat(finding.Text)}
	cmd := &cobra.Command{
		Use:   "import --format FORMAT SOURCE",
		Short: "Make contracts of a document in another format, or of a topic that exists",
		Long: `Reads a document and writes what it says as contracts (ODCS), with an Avro schema beside each, and as a data product
(ODPS) where the document has one. What has no place there stands in customProperties and comes back on an export.

SOURCE is a file, - for stdin, or with --format topic a topic: its subject and a sample of its records are read, and a
contract is proposed in which each guess is marked as one.

Formats: ` + strings.Join(importFormats(), ", ") + `. No file is written over. It exits with 100 if the document has errors.`,
		Example: `  tidemark import --format dcs orders.datacontract.yaml
  tidemark import --format avro order.avsc --port orders.checkout.placed
  tidemark import --format topic legacy-orders --port orders.legacy.orders --brokers kafka:9092`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(s, cmd, args[0]) },
	}
	f := cmd.Flags()
	f.StringVarP(&i.format, "format", "f", "", "the `format`: "+strings.Join(importFormats(), ", "))
	f.StringVar(&i.port, "port", "", "the port that it is to be: `domain.product.port`")
	f.StringVar(&i.dir, "output-dir", "", "the `folder` to write into (default: contracts, else this one)")
	f.IntVar(&i.records, "records", topic.DefaultRecords, "how many of a topic's newest records to look at")
	f.BoolVar(&i.dry, "dry-run", false, "print the files instead of writing them")
	i.out.flag(cmd)
	f.SortFlags = false
	_ = cmd.MarkFlagDirname("output-dir")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(importFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (i *importing) run(s *settings, cmd *cobra.Command, source string) error {
	if i.format == "" {
		return usagef("--format is missing: name one of %s", strings.Join(importFormats(), ", "))
	}
	draft, findings, err := i.draft(s, cmd, source)
	if err != nil {
		return err
	}
	if i.port != "" && len(draft.Contracts) > 0 {
		if err := draft.At(i.port); err != nil {
			return usagef("--port %s: %w", i.port, err)
		}
	}
	files, lost := draft.Files()
	findings = contract.SortFindings(append(findings, lost...))
	r := finding.Report{Tool: "tidemark import", Version: readBuild().Version, Meaning: explain.Meaning, Files: []string{source}, Findings: findings}
	to := cmd.ErrOrStderr()
	if finding.Format(i.out) != finding.Text {
		to = cmd.OutOrStdout()
	}
	if err := r.Write(to, finding.Format(i.out)); err != nil {
		return err
	}
	switch counts := r.Counts(); {
	case len(files) == 0 && counts.Errors > 0:
		return findingsf("%s: nothing was imported", counts)
	case len(files) == 0:
		return errors.New("the document holds no contract")
	case i.dry:
		for _, f := range files {
			fmt.Fprintf(cmd.OutOrStdout(), "# %s\n%s\n", f.Path, f.Text)
		}
		return nil
	}
	if i.dir == "" {
		i.dir = defaultTree()
	}
	return writeFiles(cmd, i.dir, files, false)
}

// draft reads the source.
func (i *importing) draft(s *settings, cmd *cobra.Command, source string) (standards.Draft, []contract.Finding, error) {
	if i.format == fromTopic {
		return i.topic(s, cmd, source)
	}
	file := filepath.ToSlash(source)
	var text []byte
	var err error
	if source == "-" {
		file = "stdin"
		text, err = io.ReadAll(io.LimitReader(cmd.InOrStdin(), strict.MaxBytes+1))
	} else {
		text, err = readSome(source)
	}
	if err != nil {
		return standards.Draft{}, nil, err
	}
	draft, findings, err := standards.Import(i.format, file, text)
	if err != nil {
		return draft, nil, &usageError{err}
	}
	return draft, findings, nil
}

// topic proposes a contract.
func (i *importing) topic(s *settings, cmd *cobra.Command, name string) (standards.Draft, []contract.Finding, error) {
	cfg, err := s.brokers()
	if err != nil {
		return standards.Draft{}, nil, err
	}
	schemas, err := s.schemas(nil)
	if err != nil {
		return standards.Draft{}, nil, err
	}
	p, err := topic.Propose(cmd.Context(), topic.Source{Kafka: cfg, Registry: schemas, Topic: name, Records: i.records})
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return standards.Draft{}, nil, withNext(err, "name a topic that is there")
	}
	if err != nil {
		return standards.Draft{}, nil, s.hintBrokers(err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "looked at %d records of %s\n", p.Records, name)
	return standards.Draft{Contracts: []standards.Part{{Contract: p.Contract, Schema: p.Schema}}}, p.Findings, nil
}
