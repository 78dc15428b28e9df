package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/scaffold"
)

func newInitMeshCommand(s *settings) *cobra.Command {
	var module, clone string
	var bare bool
	var w writing
	cmd := &cobra.Command{
		Use:   "mesh DIR",
		Short: "Begin a mesh: a Go module with a folder for contracts",
		Long: `Writes a Go module into DIR, which need not exist, with a folder for contracts and in it the policies that Tidemark
ships, for you to change. "tidemark init product" then begins a data product. A tidemark that was built from a clone makes
the module use that clone.`,
		Example: `  tidemark init mesh shop
  tidemark init mesh shop --module example.com/shop --tidemark ~/src/tidemark`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := newAsker(cmd, w.yes)
			dir := strings.Join(args, "")
			if err := ask.text(&dir, "DIR", "Folder of the new mesh", "", notEmpty); err != nil {
				return err
			}
			if err := missing(ask.missing); err != nil {
				return err
			}
			root, err := filepath.Abs(dir)
			if err != nil {
				return err
			}
			if err := ask.text(&module, "--module", "Path of the Go module", "example.com/"+filepath.Base(root), nil); err != nil {
				return err
			}
			o := scaffold.MeshOptions{Root: root, Module: module, Clone: clone, Version: readBuild().Version}
			if !bare {
				if o.Policies, err = fs.Sub(files.FS, "policies"); err != nil {
					return err
				}
			}
			if o.Clone == "" && !released(o.Version) {
				if o.Clone = ownClone(); o.Clone == "" && !ask.on {
					return usagef("--tidemark is missing: this tidemark was built from source; name the clone that it was built from")
				}
				if err := ask.text(&o.Clone, "--tidemark", "Folder of the clone that this tidemark was built from", "", aClone); err != nil {
					return err
				}
			}
			p, err := scaffold.Mesh(o)
			if err != nil {
				return &usageError{err}
			}
			p.Next = append([]string{"cd " + dir}, append(p.Next, "tidemark init product DOMAIN/NAME")...)
			return s.carryOut(cmd, ask, w, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&module, "module", "", "the Go module's `path` (default example.com/<folder>)")
	f.BoolVar(&bare, "no-policies", false, "leave the policies out")
	f.StringVar(&clone, "tidemark", "", "the `folder` of a clone of Tidemark that the module uses")
	w.flags(f)
	f.SortFlags = false
	_ = cmd.MarkFlagDirname("tidemark")
	return cmd
}

func newInitDomainCommand(s *settings) *cobra.Command {
	var owner string
	var w writing
	cmd := &cobra.Command{
		Use:   "domain NAME",
		Short: "Begin a domain: a package for its data products, and a binary",
		Long: `Writes a domain's package, its conformance test and its binary, in the nearest mesh above this folder.
"tidemark init product" does so too for a domain that is not there yet.`,
		Example: `  tidemark init domain warehouse --owner warehouse-team`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := meshRoot()
			if err != nil {
				return err
			}
			ask := newAsker(cmd, w.yes)
			name := strings.Join(args, "")
			if err := ask.text(&name, "NAME", "Name of the domain", "", nameOf("domain")); err != nil {
				return err
			}
			if err := missing(ask.missing); err != nil {
				return err
			}
			if err := ask.text(&owner, "--owner", "Team that owns it", name+"-team", nil); err != nil {
				return err
			}
			p, err := scaffold.Domain(scaffold.DomainOptions{Root: root, Name: name, Owner: scaffold.Owner{Team: owner}})
			if err != nil {
				return inTheWay(err)
			}
			return s.carryOut(cmd, ask, w, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&owner, "owner", "", "the `team` that answers for it (default <name>-team)")
	w.flags(f)
	f.SortFlags = false
	return cmd
}

// released tells whether a version is one that Go can fetch.
func released(version string) bool {
	return strings.HasPrefix(version, "v") && !strings.Contains(version, "+dirty")
}

// ownClone is the clone that this binary, or this folder, is in; "" if there is none.
func ownClone() string {
	folders := []string{"."}
	if binary, err := os.Executable(); err == nil {
		if resolved, err := filepath.EvalSymlinks(binary); err == nil {
			binary = resolved
		}
		folders = append([]string{filepath.Dir(binary)}, folders...)
	}
	clone, _ := scaffold.Clone(folders...)
	return clone
}

// aClone refuses a folder that is no clone of Tidemark.
func aClone(folder string) error {
	if !scaffold.IsClone(folder) {
		return usagef("%q is no clone of Tidemark: its go.mod is not that of Tidemark", folder)
	}
	return nil
}

func nameOf(what string) func(string) error {
	return func(text string) error { return scaffold.CheckName(what, text) }
}

func notEmpty(text string) error {
	if text == "" {
		return usagef("it takes a name")
	}
	return nil
}
