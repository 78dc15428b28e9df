package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

func newInitProductCommand(s *settings) *cobra.Command {
	c := &initProduct{settings: s}
	cmd := &cobra.Command{
		Use:   "product DOMAIN/NAME",
		Short: "Begin a data product, from nothing, a topic or an Avro schema",
		Long: `Writes a data product's ODPS file, its contracts with schemas and samples, and in a mesh with code its declaration,
its function and its tests. It begins with what an existing topic holds (--from-topic), with an Avro schema
(--from-avsc), or with an example. What it guesses of a topic is marked in the contract.

A guard copies what keeps the contract from a topic to a clean one, and an observer checks a topic in place; both need
no code. A transform makes new events of a topic's. A source is a service that publishes its own events.`,
		Example: `  tidemark init product warehouse/stock
  tidemark init product warehouse/stock --mode guard --from-topic stock-counts \
    --description "Stock counts that can be relied on, for planning and for the shop." --contact stock@shop.example`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	f := cmd.Flags()
	f.StringVar(&c.mode, "mode", "", "how it runs: "+strings.Join(modes(), ", ")+" (default guard of a topic, else transform; without code guard)")
	c.from.flags(f)
	f.StringVar(&c.port, "port", "", "the `name` of the output port (default that of the data product)")
	f.StringVar(&c.description, "description", "", "what the data is for, a `sentence` of at least 30 characters")
	f.StringVar(&c.owner.Team, "owner", "", "the `team` that answers for it (default the domain's, else <domain>-team)")
	f.StringVar(&c.owner.Contact, "contact", "", "where its readers ask: a mail `address` or a URL (default the domain's)")
	c.writing.flags(f)
	f.SortFlags = false
	_ = cmd.MarkFlagFilename("from-avsc", "avsc")
	_ = cmd.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions(modes(), cobra.ShellCompDirectiveNoFileComp)) // fails only for a flag that does not exist
	return cmd
}

func modes() []string {
	return []string{string(contract.Guard), string(contract.Observe), string(contract.Transform), string(contract.Source)}
}

// initProduct is one run of the command.
type initProduct struct {
	*settings
	writing     writing
	from        fromWhere
	mode, port  string
	description string
	owner       scaffold.Owner
	root        string
}

func (c *initProduct) run(cmd *cobra.Command, args []string) error {
	var err error
	if c.root, err = meshRoot(); err != nil {
		return err
	}
	if err := c.from.check(); err != nil {
		return err
	}
	ask := newAsker(cmd, c.writing.yes)
	id := strings.Join(args, "")
	if err := ask.text(&id, "DOMAIN/NAME", "Data product, as domain/name", "", dataProductName); err != nil {
		return err
	}
	if err := missing(ask.missing); err != nil {
		return err
	}
	if err := dataProductName(id); err != nil {
		return &usageError{err}
	}
	domain, name, _ := strings.Cut(id, "/")
	if err := c.howItRuns(ask); err != nil {
		return err
	}
	var in *scaffold.Input
	if ask.on { // before the other questions, whose answers would be lost if there were no such topic
		if in, err = c.input(cmd, &c.from, c.from.named); err != nil {
			return err
		}
	}
	if err := c.whoAnswers(ask, domain); err != nil {
		return err
	}
	if err := missing(ask.missing); err != nil {
		return err
	}
	if err := c.verify(); err != nil {
		return err
	}
	if !ask.on {
		if in, err = c.input(cmd, &c.from, c.from.named); err != nil {
			return err
		}
	}
	p, err := scaffold.Product(scaffold.ProductOptions{
		Root: c.root, Domain: domain, Name: name, Mode: contract.Mode(c.mode), Port: c.port, Description: c.description, Owner: c.owner,
		Input: in, Now: c.process.now(),
	})
	if err != nil {
		return inTheWay(err)
	}
	return c.carryOut(cmd, ask, c.writing, p)
}

func dataProductName(id string) error {
	domain, name, ok := strings.Cut(id, "/")
	if !ok {
		return fmt.Errorf("%q is no data product: write it as domain/name, such as warehouse/stock", id)
	}
	if err := scaffold.CheckName("domain", domain); err != nil {
		return err
	}
	return scaffold.CheckName("data product", name)
}

// howItRuns asks for the mode, and what it begins with.
func (c *initProduct) howItRuns(ask *asker) error {
	begun := c.from.topic != "" || c.from.avsc != ""
	if err := ask.text(&c.mode, "--mode", "How it runs: "+strings.Join(modes(), ", "), c.defaultMode(), isMode); err != nil {
		return err
	}
	source := c.mode == string(contract.Source)
	if source && c.from.topic != "" {
		return usagef("a source reads no topic: use --from-avsc for the schema that it writes, or another --mode")
	}
	if ask.on && !begun && !source {
		if err := ask.text(&c.from.topic, "", "Existing topic that it reads (none begins with an example)", "", nil); err != nil {
			return err
		}
	}
	if c.from.avsc != "" && !source {
		if err := ask.text(&c.from.named, "--topic", "Name of the topic that has this schema", "", notEmpty); err != nil {
			return err
		}
	}
	return nil
}

// whoAnswers asks what the data is for, and for who answers for it.
func (c *initProduct) whoAnswers(ask *asker, domain string) error {
	if err := ask.text(&c.description, "--description", "What the data is for, in a sentence of at least 30 characters", "", scaffold.CheckDescription); err != nil {
		return err
	}
	known, ok := scaffold.OwnerOf(c.root, domain)
	if !ok {
		known.Team = domain + "-team"
	}
	if err := ask.text(&c.owner.Team, "--owner", "Team that answers for it", known.Team, nil); err != nil {
		return err
	}
	reachable := func(contact string) error { return scaffold.Owner{Team: "any", Contact: contact}.Check() }
	return ask.text(&c.owner.Contact, "--contact", "Where its readers ask, a mail address or a URL", known.Contact, reachable)
}

// defaultMode is what most who say no mode want.
func (c *initProduct) defaultMode() string {
	if _, err := os.Stat(filepath.Join(c.root, "contracts", "embed.go")); c.from.topic == "" && err == nil {
		return string(contract.Transform)
	}
	return string(contract.Guard)
}

func isMode(text string) error {
	if !slices.Contains(modes(), text) {
		return fmt.Errorf("%q is no mode: there are %s", text, strings.Join(modes(), ", "))
	}
	return nil
}

// verify makes usage errors of what the user gave wrong.
func (c *initProduct) verify() error {
	for _, err := range []error{isMode(c.mode), scaffold.CheckDescription(c.description), c.owner.Check()} {
		if err != nil {
			return &usageError{err}
		}
	}
	if c.port != "" {
		if err := scaffold.CheckName("port", c.port); err != nil {
			return &usageError{err}
		}
	}
	return nil
}
