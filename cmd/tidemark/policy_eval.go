package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/explain"
	"github.com/tidemark-mesh/tidemark/platform/finding"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

func newPolicyEvalCommand(s *settings) *cobra.Command {
	out := reportFormat(finding.Text)
	var environment, previous string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "eval FILE...",
		Short: "Judge contracts by policies",
		Long: `Judges each FILE, a contract in ODCS or in the Data Contract Specification, by the policies. A data product that stands
beside it as product.odps.yaml and publishes it is input.data_product. A folder means the contracts in it. A denial's text
is the finding's message; what keeps a policy from judging denies too. It exits with 100 if anything is denied.`,
		Example: `  tidemark policy eval --policies rules --environment production order.odcs.yaml
  tidemark policy eval --previous old.odcs.yaml new.odcs.yaml -o json`,
		Args: cobra.MinimumNArgs(1),
	}
	folder := policiesFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&environment, "environment", "", "judge for an `environment`, such as production")
	f.StringVar(&previous, "previous", "", "the contract before the change, in a `FILE`; for one contract")
	f.DurationVar(&timeout, "timeout", policy.DefaultTimeout, "how long the policies may take for a contract")
	out.flag(cmd)
	f.SortFlags = false
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		files, err := contractFiles(args)
		if err != nil {
			return err
		}
		if previous != "" && len(files) != 1 {
			return usagef("--previous is about one contract, and these are %d", len(files))
		}
		if timeout <= 0 {
			return usagef("--timeout must be longer than nothing")
		}
		b, err := loadPolicies(cmd, *folder, finding.Format(out))
		if err != nil {
			return err
		}
		b = b.WithTimeout(timeout)
		r := finding.Report{Tool: "tidemark policy eval", Version: readBuild().Version, Files: files, Meaning: explain.Meaning}
		var before *contract.Contract
		if previous != "" {
			in, findings, err := readContract(previous)
			if err != nil {
				return err
			}
			if before = in.Contract; before == nil {
				r.Findings = append(r.Findings, findings...)
			}
		}
		for _, file := range files {
			in, findings, err := readContract(file)
			if err != nil {
				return err
			}
			in.Previous, in.Environment, in.Now = before, environment, s.process.now()
			r.Findings = append(r.Findings, evaluated(cmd.Context(), b, in, findings)...)
		}
		r.Findings = contract.SortFindings(r.Findings)
		if err := r.Write(cmd.OutOrStdout(), finding.Format(out)); err != nil {
			return err
		}
		counts := r.Counts()
		if counts.Errors > 0 {
			return findingsf("%s in %s", counts, finding.Count(len(files), "contract"))
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s judged: %s\n", finding.Count(len(files), "contract"), counts)
		return nil
	}
	return cmd
}

// evaluated judges a contract that was read; one that cannot be read is not judged, and the findings say why.
func evaluated(ctx context.Context, b *policy.Bundle, in policy.Input, findings []contract.Finding) []contract.Finding {
	if in.Contract == nil {
		return findings
	}
	judged := b.Judge(ctx, in).Findings
	if in.DataContract.Kind != strict.Absent { // its places are those of the contract that it became
		for i := range judged {
			if judged[i].File == in.Contract.File {
				judged[i].Line, judged[i].Column = 0, 0
			}
		}
	}
	return judged
}

// contractFiles are the contracts that arguments mean: files, and of folders what is named as a contract.
func contractFiles(args []string) ([]string, error) {
	var files []string
	for _, name := range args {
		if !isFolder(name) {
			files = append(files, filepath.ToSlash(name))
			continue
		}
		found := len(files)
		err := filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && strings.HasSuffix(file, ".odcs.yaml") {
				files = append(files, filepath.ToSlash(file))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == found {
			return nil, usagef("there is no contract (*.odcs.yaml) in %s", name)
		}
	}
	return files, nil
}

// readContract reads a contract in either standard, with the data product beside it.
func readContract(file string) (policy.Input, []contract.Finding, error) {
	text, err := readSome(file)
	if err != nil {
		return policy.Input{}, nil, withNext(err, "name a contract, in ODCS or in the Data Contract Specification")
	}
	if isDataContract(text) {
		c, findings := dcs.Import(file, text)
		plain, more := dcs.PlainOf(file, text)
		if findings = append(findings, more...); c == nil || plain.Kind == strict.Absent {
			return policy.Input{}, findings, nil
		}
		return policy.Input{Contract: c, DataContract: plain}, findings, nil
	}
	if diff.IsDataProduct(text) {
		return policy.Input{}, nil, usagef("%s is a data product: name its contracts", file)
	}
	in := policy.Input{}
	c, findings := contract.ParseContract(file, text)
	if in.Contract = c; c == nil {
		return in, findings, nil
	}
	beside := filepath.ToSlash(filepath.Join(filepath.Dir(file), "product.odps.yaml"))
	text, err = readSome(beside)
	if err != nil { // there need not be one
		return in, findings, nil
	}
	p, _ := contract.ParseDataProduct(beside, text)
	if p != nil {
		for _, port := range p.OutputPorts {
			if port.ContractID == c.ID {
				in.DataProduct = p
			}
		}
	}
	return in, findings, nil
}

// isDataContract tells whether a document is one of the Data Contract Specification: it says so, or has not the keys
// without which nothing is ODCS.
func isDataContract(text []byte) bool {
	root, _ := strict.Parse(text)
	if root == nil {
		return false
	}
	if strict.Top(root, "dataContractSpecification").Kind != strict.Absent {
		return true
	}
	return strict.Top(root, "kind").Kind == strict.Absent && strict.Top(root, "apiVersion").Kind == strict.Absent
}
