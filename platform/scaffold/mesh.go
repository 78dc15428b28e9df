package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// MeshOptions say what mesh is wanted.
type MeshOptions struct {
	Root   string // the folder, which need not exist
	Module string // the Go module's path, such as example.com/shop
	// Clone is a folder with Tidemark's own source, which the module then uses; "" takes Version from where Go finds it.
	Clone   string
	Version string // such as v1.2.0
	// Policies are .rego files for contracts/policies; nil is none.
	Policies fs.FS
}

// goVersion is what scaffolded modules ask for; it is that of this one.
const goVersion = "1.26.0"

var modulePath = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9._~-]+)*$`)

// Mesh plans a Go module with a folder for contracts and nothing in it yet.
func Mesh(o MeshOptions) (*Plan, error) {
	if !modulePath.MatchString(o.Module) {
		return nil, fmt.Errorf("%q is no path of a Go module, such as example.com/shop", o.Module)
	}
	p := &Plan{Root: o.Root}
	mod, sum, err := o.gomod()
	if err != nil {
		return nil, err
	}
	p.add("go.mod", mod)
	if sum != nil {
		p.add("go.sum", sum)
	} else {
		p.Next = append(p.Next, "go mod tidy")
	}
	name := filepath.Base(o.Module)
	data := map[string]any{"Title": title(strings.Trim(strings.ToLower(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(name, "-")), "-"))}
	if err := errors.Join(p.render("contracts/embed.go", "embed.go.tmpl", data), p.render("README.md", "README.md.tmpl", data)); err != nil {
		return nil, err
	}
	p.add(".gitignore", []byte("/bin/\n"))
	return p, p.policies(o.Policies)
}

// policies plans a copy of each policy, with its tests.
func (p *Plan) policies(from fs.FS) error {
	if from == nil {
		return nil
	}
	names, err := fs.Glob(from, "*.rego")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		p.add("contracts/policies/"+name, text)
	}
	return nil
}

// Clone finds Tidemark's own source: the nearest folder at or above one of these whose go.mod is its.
func Clone(folders ...string) (string, bool) {
	for _, folder := range folders {
		dir, err := filepath.Abs(folder)
		if err != nil {
			continue
		}
		for ; ; dir = filepath.Dir(dir) {
			if IsClone(dir) {
				return dir, true
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", false
}

// IsClone tells whether a folder is that of Tidemark's own source.
func IsClone(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	m := moduleLine.FindSubmatch(text)
	return err == nil && m != nil && string(m[1]) == tidemark
}

// gomod is the module's go.mod, and its go.sum where a clone has one.
func (o MeshOptions) gomod() (mod, sum []byte, err error) {
	head := "module " + o.Module + "\n\ngo " + goVersion + "\n\n"
	if o.Clone == "" {
		return []byte(head + "require " + tidemark + " " + o.Version + "\n"), nil, nil
	}
	clone, err := filepath.Abs(o.Clone)
	if err != nil {
		return nil, nil, err
	}
	if !IsClone(clone) {
		return nil, nil, fmt.Errorf("%s is no clone of Tidemark: its go.mod is not that of %s", o.Clone, tidemark)
	}
	text, err := os.ReadFile(filepath.Join(clone, "go.mod"))
	if err != nil {
		return nil, nil, err
	}
	if sum, err = os.ReadFile(filepath.Join(clone, "go.sum")); err != nil {
		return nil, nil, err
	}
	// A module lists all that it is built from, what its requirements need too; whoever has the clone has built it.
	var b strings.Builder
	b.WriteString(head + "require " + tidemark + " v0.0.0\n\nrequire (\n")
	for _, r := range requirements(string(text)) {
		b.WriteString("\t" + r + " // indirect\n")
	}
	b.WriteString(")\n\nreplace " + tidemark + " => " + quoted(clone) + "\n")
	return []byte(b.String()), sum, nil
}

func quoted(path string) string {
	if strings.ContainsAny(path, " \t'\"`()[]{},") {
		return "\"" + path + "\""
	}
	return path
}

var requirement = regexp.MustCompile(`(?m)^(?:require)?\s+(\S+ v\S+)(?: // indirect)?$`)

// requirements are the modules that a go.mod requires, each with its version, sorted.
func requirements(mod string) []string {
	var all []string
	for _, m := range requirement.FindAllStringSubmatch(mod, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
