package main

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

func newInitContractCommand(s *settings) *cobra.Command {
	var w writing
	var from fromWhere
	var folder, domain, description string
	var owner scaffold.Owner
	cmd := &cobra.Command{
		Use:   "contract [NAME]",
		Short: "Begin the contract of an existing topic, with its schema and samples",
		Long: `Writes NAME.v1.odcs.yaml with its schema and samples: the contract of a topic that others write, for an input port to
name. It begins with what the topic holds (--from-topic), with an Avro schema (--from-avsc), or with an example.`,
		Example: `  tidemark init contract --from-topic stock-counts --folder contracts/warehouse/stock \
    --description "Stock counts as the scanners send them, right or wrong." --owner warehouse-team --contact stock@shop.example`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := meshRoot()
			if err != nil {
				return err
			}
			if err := from.check(); err != nil {
				return err
			}
			ask := newAsker(cmd, w.yes)
			topicName := from.topic
			if topicName == "" {
				topicName = from.named
			}
			if err := ask.text(&topicName, "--from-topic or --topic", "Name of the topic", "", notEmpty); err != nil {
				return err
			}
			name := strings.Join(args, "")
			if err := ask.text(&name, "NAME", "Name of the files", scaffold.PortName(topicName), nameOf("port")); err != nil {
				return err
			}
			if err := ask.text(&description, "--description", "What the data is for, in a sentence of at least 30 characters", "", scaffold.CheckDescription); err != nil {
				return err
			}
			if err := ask.text(&owner.Team, "--owner", "Team that answers for it", "", notEmpty); err != nil {
				return err
			}
			reachable := func(contact string) error { return scaffold.Owner{Team: "any", Contact: contact}.Check() }
			if err := ask.text(&owner.Contact, "--contact", "Where its readers ask, a mail address or a URL", "", reachable); err != nil {
				return err
			}
			if err := missing(ask.missing); err != nil {
				return err
			}
			for _, err := range []error{scaffold.CheckName("port", name), scaffold.CheckDescription(description), owner.Check()} {
				if err != nil {
					return &usageError{err}
				}
			}
			if root, folder, err = contractFolder(root, folder); err != nil {
				return err
			}
			in, err := s.input(cmd, &from, topicName)
			if err != nil {
				return err
			}
			p, err := scaffold.Contract(scaffold.ContractOptions{
				Root: root, Folder: folder, Name: name, Domain: domain, Description: description, Owner: owner, Input: in, Topic: topicName, Now: s.process.now(),
			})
			if err != nil {
				return err
			}
			return s.carryOut(cmd, ask, w, p)
		},
	}
	f := cmd.Flags()
	from.flags(f)
	f.StringVar(&folder, "folder", "", "the `folder` to write to (default contracts if there is such a folder, else this one)")
	f.StringVar(&domain, "domain", "", "the domain's `name`")
	f.StringVar(&description, "description", "", "what the data is for, a `sentence` of at least 30 characters")
	f.StringVar(&owner.Team, "owner", "", "the `team` that answers for it")
	f.StringVar(&owner.Contact, "contact", "", "where its readers ask: a mail `address` or a URL")
	w.flags(f)
	f.SortFlags = false
	f.Lookup("topic").Usage = "the `name` of the topic, without --from-topic"
	_ = cmd.MarkFlagFilename("from-avsc", "avsc")
	_ = cmd.MarkFlagDirname("folder")
	return cmd
}

// contractFolder is where a contract goes: the mesh's folder, and the rest of the way with slashes.
func contractFolder(root, folder string) (string, string, error) {
	if folder == "" {
		if info, err := os.Stat(filepath.Join(root, "contracts")); err == nil && info.IsDir() {
			return root, "contracts", nil
		}
		return root, ".", nil
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return "", "", err
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return abs, ".", nil
	}
	return root, path.Clean(filepath.ToSlash(rel)), nil
}
