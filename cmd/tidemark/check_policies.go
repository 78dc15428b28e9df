package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// policyFolder is where a tree of contracts has its policies.
const policyFolder = "policies"

// judging is which policies a command judges by, and for where.
type judging struct {
	folder      string // --policies; "" is the tree's own
	environment string
	none        bool // --no-policies

	bundles map[string]*policy.Bundle // by folder; nil is one with faults
	without map[string]bool           // trees that were said to have none
}

func (j *judging) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&j.folder, "policies", "", "judge by the policies of `DIR` (default: the folder policies of the tree)")
	f.StringVar(&j.environment, "environment", "", "judge for an `environment`, such as production")
}

// bundle loads the policies of a folder, once; the findings are their faults, which are given once. The bundle is nil if
// they cannot judge.
func (j *judging) bundle(folder string) (*policy.Bundle, []contract.Finding, error) {
	if b, known := j.bundles[folder]; known {
		return b, nil, nil
	}
	if !isFolder(folder) {
		return nil, nil, withNext(usagef("there is no folder %s to judge by", folder), "name a folder of .rego files with --policies")
	}
	b, faults := policy.Load(os.DirFS(folder))
	for i := range faults {
		faults[i].File = path.Join(filepath.ToSlash(folder), faults[i].File)
	}
	if contract.HasErrors(faults) {
		b = nil
	}
	if j.bundles == nil {
		j.bundles = make(map[string]*policy.Bundle)
	}
	j.bundles[folder] = b
	return b, faults, nil
}

// policiesOf gives what judges the tree that a target is in, with the faults of the policies; nil where nothing does.
func (s *settings) policiesOf(cmd *cobra.Command, j *judging, t target, previous map[string]*contract.Contract) (*policy.Tree, []contract.Finding, error) {
	folder := j.folder
	if j.none {
		return nil, nil, nil
	}
	if folder == "" {
		folder = path.Join(t.root, policyFolder)
		if !isFolder(folder) {
			if j.without == nil {
				j.without = make(map[string]bool)
			}
			if !j.without[t.root] && t.lone == "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "no policies: there is no folder %s\n", printable(folder))
			}
			j.without[t.root] = true
			return nil, nil, nil
		}
	}
	b, faults, err := j.bundle(folder)
	if b == nil {
		return nil, faults, err
	}
	return &policy.Tree{
		Bundle: b, Environment: j.environment, Now: s.process.now(),
		Previous: func(id string) *contract.Contract { return previous[id] },
	}, faults, nil
}

// byID lists contracts by their ids.
func byID(contracts []*contract.Contract) map[string]*contract.Contract {
	all := make(map[string]*contract.Contract)
	for _, c := range contracts {
		all[c.ID] = c
	}
	return all
}
