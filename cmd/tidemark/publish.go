package main

import (
	"fmt"
	"os"
	"path"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

func newPublishCommand(s *settings) *cobra.Command {
	out := reportFormat(finding.Text)
	root, dry := "", false
	cmd := &cobra.Command{
		Use:   "publish [DATA-PRODUCT...]",
		Short: "Tell the mesh of data products and their contracts, if its policies allow them",
		Long: `Publishes data products and the contracts of their output ports on the running platform, which judges them first:
each data product is published whole, or not at all. An instance does the same for what it runs; this is for what does
not run yet, and with --dry-run for asking what the platform would say.

Without an argument it is every data product of the tree. It exits with 100 if something is denied.`,
		Example: `  tidemark publish orders.order-lines --dry-run
  tidemark publish --contracts contracts --platform http://platform:8080`,
		RunE: func(cmd *cobra.Command, args []string) error {
			set, findings := contract.Load(os.DirFS(root))
			if contract.HasErrors(findings) {
				return withNext(fmt.Errorf("the contracts in %s have errors", root), "tidemark check %s", root)
			}
			products, err := named(set, root, args)
			if err != nil {
				return err
			}
			client, err := s.client()
			if err != nil {
				return err
			}
			r := finding.Report{Tool: "tidemark publish", Version: readBuild().Version, Meaning: explain.Meaning}
			for _, p := range products {
				publication, files := publicationOf(set, p)
				published, err := client.Publish(cmd.Context(), publication, dry)
				if err != nil {
					return s.hint(fmt.Errorf("%s: %w", p.ID, err), "tidemark get data-products")
				}
				for _, f := range published.Findings {
					r.Findings = append(r.Findings, findingOf(f, root, files))
				}
				for _, file := range files {
					r.Files = append(r.Files, path.Join(root, file))
				}
				if published.Published {
					fmt.Fprintln(cmd.ErrOrStderr(), "published", p.ID, p.Version)
				}
			}
			r.Findings = contract.SortFindings(r.Findings)
			if err := r.Write(cmd.OutOrStdout(), finding.Format(out)); err != nil {
				return err
			}
			if counts := r.Counts(); counts.Errors > 0 {
				return findingsf("%s: what is denied is not published", counts)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&root, "contracts", defaultTree(), "the `folder` with contracts and schemas")
	f.BoolVar(&dry, "dry-run", false, "only ask what the platform says")
	out.flag(cmd)
	f.SortFlags = false
	_ = cmd.MarkFlagDirname("contracts")
	return cmd
}

// named are the data products of a tree with these ids, or all.
func named(set *contract.Set, root string, ids []string) ([]*contract.DataProduct, error) {
	if len(ids) == 0 {
		return set.DataProducts(), nil
	}
	var all []*contract.DataProduct
	for _, id := range ids {
		p, ok := set.DataProduct(id)
		if !ok {
			return nil, fmt.Errorf("there is no data product %s in %s", id, root)
		}
		all = append(all, p)
	}
	return all, nil
}

// publicationOf is a data product with its output ports' contracts, and each document's file by its id.
func publicationOf(set *contract.Set, p *contract.DataProduct) (api.Publication, map[string]string) {
	publication, files := api.Publication{DataProduct: string(p.Raw)}, map[string]string{p.ID: p.File}
	for _, port := range p.OutputPorts {
		if c, ok := set.Contract(port.ContractID); ok {
			publication.Contracts = append(publication.Contracts, api.ContractPublication{Document: string(c.Raw), Schema: c.Schema().String()})
			files[c.ID] = c.File
		}
	}
	return publication, files
}

func findingOf(f api.Finding, root string, files map[string]string) contract.Finding {
	severity := contract.SeverityError
	switch f.Severity {
	case contract.SeverityWarning.String():
		severity = contract.SeverityWarning
	case contract.SeverityNote.String():
		severity = contract.SeverityNote
	}
	file := f.Document
	if known, ok := files[f.Document]; ok {
		file = path.Join(root, known)
	}
	return contract.Finding{Rule: f.Rule, Severity: severity, File: file, Line: f.Line, Column: f.Column, Path: f.Path, Message: f.Message}
}
