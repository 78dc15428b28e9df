package diff

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Side is one state of a tree of contracts: OLD or NEW.
type Side struct {
	Contracts    []*contract.Contract    // by file
	DataProducts []*contract.DataProduct // by file
	// History tells since when something is deprecated; nil where nobody knows.
	History History

	prefix string          // of every file's name
	unread map[string]bool // files with errors, by name without prefix: what is in them is neither gone nor new
}

// History is the line of versions that ends with a side.
type History interface {
	// Since is when the newest unbroken run of versions of a file began for which holds is true; ok is false where that
	// cannot be told. The file's name is the one that Parse was given, without prefix.
	Since(file string, holds func(text []byte) bool) (since time.Time, ok bool)
}

// Files gives the texts of a tree that Parse reads: ODPS, ODCS and Avro schemas, by path.
func Files(fsys fs.FS) (map[string][]byte, error) {
	files := make(map[string][]byte)
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != ".":
			return fs.SkipDir
		case entry.IsDir() || !Relevant(file):
			return nil
		}
		files[file], err = read(fsys, file)
		return err
	})
	return files, err
}

// read gives a file's text, but no more than one byte beyond what a document may have: Parse refuses it then.
func read(fsys fs.FS, file string) (text []byte, err error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, strict.MaxBytes+1))
}

// Relevant tells whether Parse reads a file of that name.
func Relevant(file string) bool {
	return strings.HasSuffix(file, ".odps.yaml") || strings.HasSuffix(file, ".odcs.yaml") || strings.HasSuffix(file, ".avsc")
}

// SchemaFile is the Avro schema's file beside a contract's.
func SchemaFile(file string) string {
	if name, ok := strings.CutSuffix(file, ".odcs.yaml"); ok {
		return name + ".avsc"
	}
	return strings.TrimSuffix(file, path.Ext(file)) + ".avsc"
}

// IsDataProduct tells whether a document says that it is a data product; without its kind it is taken for a contract.
func IsDataProduct(text []byte) bool { return kindDataProduct.Match(text) }

var kindDataProduct = regexp.MustCompile(`(?m)^["']?kind["']?\s*:\s*["']?DataProduct\b`)

// Parse reads the files of one side; each is named prefix + its path in what is found. A contract has the schema beside
// it, unless the two contradict each other: then it is compared without one. What a file of another name is, its kind says. A document with errors is not on the side and not compared; the
// findings are those errors. Rules between files are not applied: that is for contract.Load, and OLD may well have broken
// them.
func Parse(files map[string][]byte, prefix string) (*Side, []contract.Finding) {
	s := &Side{prefix: prefix, unread: make(map[string]bool)}
	var findings []contract.Finding
	for _, file := range slices.Sorted(maps.Keys(files)) {
		var found []contract.Finding
		switch {
		case strings.HasSuffix(file, ".avsc"):
		case strings.HasSuffix(file, ".odps.yaml"), !strings.HasSuffix(file, ".odcs.yaml") && IsDataProduct(files[file]):
			var p *contract.DataProduct
			if p, found = contract.ParseDataProduct(prefix+file, files[file]); p != nil {
				s.DataProducts = append(s.DataProducts, p)
			}
			s.unread[file] = p == nil
		default:
			var c *contract.Contract
			if c, found = contract.ParseContract(prefix+file, files[file]); c == nil {
				s.unread[file] = true
				break
			}
			schema := SchemaFile(file)
			if text, ok := files[schema]; ok {
				bound := c.Bind(prefix+schema, text)
				if found = append(found, bound...); contract.HasErrors(bound) {
					c, _ = contract.ParseContract(prefix+file, files[file])
				}
			}
			s.Contracts = append(s.Contracts, c)
		}
		for _, f := range found {
			if f.Severity == contract.SeverityError {
				findings = append(findings, f)
			}
		}
	}
	return s, contract.SortFindings(findings)
}

// name is a file's name without the side's prefix.
func (s *Side) name(file string) string { return strings.TrimPrefix(file, s.prefix) }

// Domains are the domains whose documents are on the side.
func (s *Side) Domains() map[string]bool {
	domains := make(map[string]bool)
	for _, c := range s.Contracts {
		domains[domainOf(c)] = true
	}
	for _, p := range s.DataProducts {
		domains[p.Domain] = true
	}
	return domains
}

// Like gives the side with what the documents of another can be compared with: of a data product what has its id, and of a
// contract what has its id, else its topic, else its file's name.
func (s *Side) Like(other *Side) *Side {
	like := *s
	like.Contracts, like.DataProducts = nil, nil
	for _, p := range s.DataProducts {
		if slices.ContainsFunc(other.DataProducts, func(o *contract.DataProduct) bool { return o.ID == p.ID }) {
			like.DataProducts = append(like.DataProducts, p)
		}
	}
	for _, o := range other.Contracts {
		for _, same := range []func(c *contract.Contract) bool{
			func(c *contract.Contract) bool { return c.ID == o.ID },
			func(c *contract.Contract) bool { return c.Topic() != "" && c.Topic() == o.Topic() },
			func(c *contract.Contract) bool { return path.Base(s.name(c.File)) == path.Base(other.name(o.File)) },
		} {
			if i := slices.IndexFunc(s.Contracts, same); i >= 0 {
				if !slices.Contains(like.Contracts, s.Contracts[i]) {
					like.Contracts = append(like.Contracts, s.Contracts[i])
				}
				break
			}
		}
	}
	return &like
}

// In gives the side with the documents of some domains.
func (s *Side) In(domains map[string]bool) *Side {
	in := *s
	in.Contracts = slices.DeleteFunc(slices.Clone(s.Contracts), func(c *contract.Contract) bool { return !domains[domainOf(c)] })
	in.DataProducts = slices.DeleteFunc(slices.Clone(s.DataProducts), func(p *contract.DataProduct) bool { return !domains[p.Domain] })
	return &in
}

// domainOf is the domain that a contract names, or else its id does, or else its topic.
func domainOf(c *contract.Contract) string {
	if c.Domain != "" {
		return c.Domain
	}
	if rest, ok := strings.CutPrefix(c.ID, "urn:datamesh:"); ok {
		domain, _, _ := strings.Cut(rest, ":")
		return domain
	}
	domain, _, _ := strings.Cut(c.Topic(), ".")
	return domain
}

// stem is what a contract's id has before its major version, and that version; ok is false for an id of another form.
func stem(id string) (before string, major version, ok bool) {
	i := strings.LastIndexByte(id, ':')
	if i < 0 || !strings.HasPrefix(id, "urn:") {
		return "", major, false
	}
	major, ok = parseVersion(id[i+1:] + ".0")
	return id[:i], major, ok
}
