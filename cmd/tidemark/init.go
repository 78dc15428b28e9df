package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

func newInitCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Begin a mesh, a domain, a data product or a contract",
		Long: `Writes the beginning of a mesh, a domain, a data product or a contract: files that compile, pass "tidemark check" and
the conformance suite, and run. On a terminal it asks for what is not given, shows what it would write, and asks again;
in a script it takes flags. It never writes over a file: if one is in the way, nothing is written.`,
		Example: `  tidemark init mesh shop
  tidemark init product warehouse/stock --mode guard --from-topic stock-counts`,
	}
	cmd.AddCommand(newInitMeshCommand(s), newInitDomainCommand(s), newInitProductCommand(s), newInitContractCommand(s))
	return cmd
}

// writing are the flags that every init command has.
type writing struct{ dryRun, yes bool }

func (w *writing) flags(f *pflag.FlagSet) {
	f.BoolVar(&w.dryRun, "dry-run", false, "show what would be written, and write nothing")
	f.BoolVarP(&w.yes, "yes", "y", false, "take the defaults and ask nothing")
}

// planned is a plan as -o json shows it.
type planned struct {
	Root    string        `json:"root"`
	Written bool          `json:"written"`
	Files   []plannedFile `json:"files"`
	Notes   []string      `json:"notes,omitempty"`
	Next    []string      `json:"next,omitempty"`
}

type plannedFile struct {
	Path   string `json:"path"`
	Action string `json:"action"` // create or change
	Why    string `json:"why,omitempty"`
}

// carryOut shows a plan and, unless the user says no, writes it.
func (s *settings) carryOut(cmd *cobra.Command, ask *asker, w writing, p *scaffold.Plan) error {
	if err := p.Conflicts(); err != nil {
		return inTheWay(err)
	}
	v := planned{Root: p.Root, Written: !w.dryRun, Notes: p.Notes, Next: p.Next}
	l := listing{columns: columns("ACTION", "FILE")}
	for _, f := range p.Files {
		action := "create"
		if f.Change != "" {
			action = "change"
		}
		v.Files = append(v.Files, plannedFile{f.Path, action, f.Change})
		l.names = append(l.names, f.Path)
		row := f.Path
		if f.Change != "" {
			row += " (" + f.Change + ")"
		}
		l.rows = append(l.rows, []string{action, row})
	}
	l.value = v
	stderr := cmd.ErrOrStderr()
	if ask.on {
		shown := l
		if err := writeTable(stderr, shown, false); err != nil {
			return err
		}
		if !w.dryRun {
			yes, err := ask.yes(fmt.Sprintf("Write %s to %s?", finding.Count(len(p.Files), "file"), p.Root))
			if err != nil {
				return err
			}
			if !yes {
				fmt.Fprintln(stderr, "nothing was written")
				return nil
			}
		}
	}
	if !w.dryRun {
		if err := p.Apply(); err != nil {
			return inTheWay(err)
		}
	}
	if !ask.on || s.Output != formatTable {
		if err := s.print(cmd, l); err != nil {
			return err
		}
	}
	s.epilogue(cmd, w, p)
	return nil
}

// inTheWay adds to the error about files that are there already what to do.
func inTheWay(err error) error {
	if _, ok := errors.AsType[*scaffold.ExistsError](err); ok {
		return withNext(err, "choose another name, or move what is there")
	}
	return err
}

// epilogue says what the reader should know, and how to go on.
func (s *settings) epilogue(cmd *cobra.Command, w writing, p *scaffold.Plan) {
	stderr := cmd.ErrOrStderr()
	for _, note := range p.Notes {
		fmt.Fprintln(stderr, s.paint(stderr, bold, "note:"), printable(note))
	}
	if w.dryRun {
		fmt.Fprintln(stderr, "nothing was written: this was --dry-run")
		return
	}
	if len(p.Next) > 0 {
		fmt.Fprintln(stderr, s.paint(stderr, bold, "next:"))
		for _, line := range p.Next {
			fmt.Fprintln(stderr, "  "+printable(line))
		}
	}
}

// meshRoot is the nearest folder at or above this one that has contracts, else this one.
func meshRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, "contracts")); err == nil && info.IsDir() {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return here, nil
		}
	}
}

// origins of a contract: flags that several commands have.
type fromWhere struct {
	topic, avsc, named string
	records            int
}

func (w *fromWhere) flags(f *pflag.FlagSet) {
	f.StringVar(&w.topic, "from-topic", "", "begin with what this existing `topic` holds")
	f.StringVar(&w.avsc, "from-avsc", "", "begin with this Avro schema `file`")
	f.StringVar(&w.named, "topic", "", "with --from-avsc: the `name` of the topic")
	f.IntVar(&w.records, "records", topic.DefaultRecords, "with --from-topic: look at so many records at most, the newest")
}

func (w *fromWhere) check() error {
	switch {
	case w.topic != "" && w.avsc != "":
		return usagef("--from-topic and --from-avsc cannot both be given")
	case w.topic != "" && w.named != "":
		return usagef("--topic goes with --from-avsc: --from-topic names the topic already")
	case w.records < 1:
		return usagef("--records %d: look at one at least", w.records)
	}
	return nil
}

// input reads what a contract begins with; nil is nothing.
func (s *settings) input(cmd *cobra.Command, w *fromWhere, topicName string) (*scaffold.Input, error) {
	switch {
	case w.avsc != "":
		schema, err := os.ReadFile(w.avsc)
		if err != nil {
			return nil, withNext(err, "name an Avro schema file with --from-avsc")
		}
		return &scaffold.Input{Topic: topicName, Schema: schema}, nil
	case w.topic == "":
		return nil, nil
	}
	brokers, err := s.brokers()
	if err != nil {
		return nil, err
	}
	schemas, err := s.schemas(nil)
	if err != nil {
		return nil, err
	}
	defer schemas.Close()
	stderr := cmd.ErrOrStderr()
	fmt.Fprintf(stderr, "reading %s ...\n", printable(w.topic))
	proposal, err := topic.Propose(cmd.Context(), topic.Source{Kafka: brokers, Registry: schemas, Topic: w.topic, Records: w.records})
	switch {
	case errors.Is(err, kafka.ErrUnknownTopic):
		return nil, withNext(err, "name a topic of the brokers %s, or say where it is with --brokers", strings.Join(brokers.Brokers, ","))
	case err != nil:
		return nil, s.hintBrokers(err)
	}
	guesses := 0
	for _, f := range proposal.Findings {
		if f.Severity == contract.SeverityNote {
			guesses++
			continue
		}
		fmt.Fprintf(stderr, "%s %s\n", s.paint(stderr, bold, f.Severity.String()+":"), printable(f.Message))
	}
	fmt.Fprintf(stderr, "%s looked at, %.3g a second; the contract has %s of what it shows, each marked as one\n",
		finding.Count(int(proposal.Records), "record"), proposal.Rate, guessCount(guesses))
	return &scaffold.Input{Topic: w.topic, Contract: proposal.Contract, Schema: proposal.Schema}, nil
}

func guessCount(n int) string {
	if n == 1 {
		return "1 guess"
	}
	return fmt.Sprint(n, " guesses")
}

// missing is the usage error about flags that a script did not give.
func missing(names []string) error {
	if len(names) == 0 {
		return nil
	}
	are := " is"
	if len(names) > 1 {
		are = " are"
	}
	return usagef("%s%s missing; on a terminal you are asked", strings.Join(names, ", "), are)
}
