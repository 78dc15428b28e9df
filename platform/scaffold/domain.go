package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// DomainOptions say what domain is wanted.
type DomainOptions struct {
	Root string // the mesh's folder
	Name string
	Owner
}

// Domain plans a domain without data products: its package, its conformance test and its binary.
func Domain(o DomainOptions) (*Plan, error) {
	if err := CheckName("domain", o.Name); err != nil {
		return nil, err
	}
	if o.Team == "" {
		return nil, errors.New("nobody owns the domain: name the team that answers for it")
	}
	p := &Plan{Root: o.Root}
	if !p.hasCode() {
		return nil, fmt.Errorf("%s is no mesh: it needs a go.mod and contracts/embed.go, which tidemark init mesh writes", o.Root)
	}
	if p.has("domains/" + packageName(o.Name) + "/all.go") {
		return nil, &ExistsError{o.Root, []string{"domains/" + packageName(o.Name)}}
	}
	if err := p.domain(o.Name, o.Owner); err != nil {
		return nil, err
	}
	p.Next = []string{"tidemark init product " + o.Name + "/NAME"}
	return p, nil
}

// domain plans the files of a domain that has no code yet.
func (p *Plan) domain(name string, owner Owner) error {
	module, err := p.module()
	if err != nil {
		return err
	}
	dir := "domains/" + packageName(name)
	data := map[string]any{"Module": module, "Package": packageName(name), "Domain": name, "Team": owner.Team}
	if matches, err := filepath.Glob(filepath.Join(p.Root, filepath.FromSlash(dir), "*.go")); err != nil || len(matches) > 0 {
		return err
	}
	for _, f := range [][2]string{
		{dir + "/doc.go", "doc.go.tmpl"}, {dir + "/all.go", "all.go.tmpl"}, {dir + "/" + packageName(name) + "_test.go", "domain_test.go.tmpl"},
		{"cmd/" + name + "/main.go", "main.go.tmpl"},
	} {
		if p.has(f[0]) {
			continue
		}
		if err := p.render(f[0], f[1], data); err != nil {
			return err
		}
	}
	return nil
}

// OwnerOf is who answers for a domain, as the contracts of its data products say; false where there are none.
func OwnerOf(root, domain string) (Owner, bool) {
	set, _ := contract.Load(os.DirFS(filepath.Join(root, "contracts")))
	products := set.DataProducts()
	i := slices.IndexFunc(products, func(p *contract.DataProduct) bool { return p.Domain == domain && p.Owner() != "" && len(p.Support) > 0 })
	if i < 0 {
		return Owner{}, false
	}
	return Owner{products[i].Owner(), products[i].Support[0].Channel}, true
}

// next says how to go on with a new data product.
func (b *builder) next() {
	o := b.o
	n := []string{"tidemark check"}
	switch {
	case !b.plan.hasCode() && (o.Mode == contract.Guard || o.Mode == contract.Observe):
		n = append(n, "tidemark run -f "+b.folder+"/product.odps.yaml")
	case b.plan.hasCode():
		n = append(n, "go test ./domains/"+packageName(o.Domain))
		if o.Mode == contract.Source {
			n = append(n, "go run ./cmd/"+o.Domain+"-"+o.Name)
		} else {
			n = append(n, "go run ./cmd/"+o.Domain)
		}
	}
	b.plan.Next = n
	if !b.plan.hasCode() && (o.Mode == contract.Source || o.Mode == contract.Transform) {
		b.plan.Notes = append(b.plan.Notes, "no code was planned: this folder has no go.mod and contracts/embed.go, which tidemark init mesh writes")
	}
	if o.Input == nil {
		b.plan.Notes = append(b.plan.Notes, "the schema is an example: replace its fields, or begin with --from-topic or --from-avsc")
		if o.Mode != contract.Source {
			b.plan.Notes = append(b.plan.Notes, "nobody writes its input yet: the data product waits until the topic "+exampleTopic(o)+" is there")
		}
	}
}

// checkStaged looks at the whole as it would be, so that what is written is right.
func (p *Plan) checkStaged() error {
	staged, done, err := p.stage("contracts")
	if err != nil {
		return err
	}
	defer done()
	_, findings := contract.Load(os.DirFS(filepath.Join(staged, "contracts")))
	var errs []error
	for _, f := range findings {
		planned := slices.ContainsFunc(p.Files, func(file File) bool { return file.Path == "contracts/"+f.File })
		if f.Severity == contract.SeverityError && planned {
			errs = append(errs, errors.New(strings.TrimSpace(f.String())))
		}
	}
	return errors.Join(errs...)
}
