package contract

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Set is what a tree of contracts holds: every file that is right as such, by id. It does not change and is safe for
// concurrent use.
type Set struct {
	products  map[string]*DataProduct
	contracts map[string]*Contract
	claims    map[string]claim // by contract id
	refused   []*Contract      // with errors of their own; not among the others
}

// claim is the output port that a contract belongs to.
type claim struct {
	product *DataProduct
	port    Port
}

// Load reads a tree of contracts:
//
//	<domain>/<product>/product.odps.yaml              the data product
//	<domain>/<product>/<port>.v<major>.odcs.yaml      an output port's contract
//	<domain>/<product>/<port>.v<major>.avsc           its schema
//	<domain>/<product>/samples/good/<port>.v<major>.<case>.json
//	<domain>/<product>/samples/bad/<port>.v<major>.<case>.json
//
// Contracts of topics that others write may have any name and stand anywhere. Other files are left alone. Every file is
// judged alone and against the others, also one with errors as far as it could be read; the findings are sorted. What has errors of its own is not in the set; if any
// finding is an error, the set is for looking at, not for running.
func Load(fsys fs.FS) (*Set, []Finding) {
	l := &loader{fsys: fsys, reports: make(map[string]*report)}
	l.files()
	l.readSchemas()
	l.readSamples()
	set := l.resolve()
	var findings []Finding
	for _, r := range l.reports {
		findings = append(findings, r.findings...)
	}
	return set, SortFindings(findings)
}

// DataProduct is the data product with that id, <domain>.<product>.
func (s *Set) DataProduct(id string) (*DataProduct, bool) { p, ok := s.products[id]; return p, ok }

// DataProducts are all data products, by id.
func (s *Set) DataProducts() []*DataProduct { return sorted(s.products) }

// Contract is the contract with that id.
func (s *Set) Contract(id string) (*Contract, bool) { c, ok := s.contracts[id]; return c, ok }

// Contracts are all contracts, by id.
func (s *Set) Contracts() []*Contract { return sorted(s.contracts) }

// Refused are the contracts that have errors of their own, as far as they could be read, by file. They are for looking
// at: what else can be said of them.
func (s *Set) Refused() []*Contract { return slices.Clone(s.refused) }

// Publisher is the data product and its output port that a contract belongs to; ok is false for the contract of a
// topic that no data product of the set publishes.
func (s *Set) Publisher(contractID string) (product *DataProduct, port Port, ok bool) {
	c, ok := s.claims[contractID]
	return c.product, c.port, ok
}

func sorted[V any](byID map[string]V) []V {
	values := make([]V, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		values = append(values, byID[id])
	}
	return values
}

// loader reads a tree. Its reports are by file, so that a rule may speak about any of the files that it compares.
type loader struct {
	fsys      fs.FS
	reports   map[string]*report
	products  []*DataProduct
	contracts []*Contract
	schemas   []string // .avsc files
	samples   []string
}

// about is the report of a file.
func (l *loader) about(file string) *report {
	r := l.reports[file]
	if r == nil {
		r = &report{file: file}
		l.reports[file] = r
	}
	return r
}

// broken tells whether a file has errors of its own.
func (l *loader) broken(file string) bool { return HasErrors(l.about(file).findings) }

// files reads every ODPS and ODCS file, and lists the others, in the order of their paths.
func (l *loader) files() {
	err := fs.WalkDir(l.fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		switch name := path.Base(file); {
		case err != nil:
			l.about(file).whole(RuleFile, SeverityError, "cannot be read: %v", err)
		case entry.IsDir() && strings.HasPrefix(name, ".") && file != ".":
			return fs.SkipDir
		case entry.IsDir():
		case strings.HasSuffix(name, ".odps.yaml"):
			if text, ok := l.read(file); ok {
				l.products = append(l.products, parseDataProduct(l.about(file), text))
			}
		case strings.HasSuffix(name, ".odcs.yaml"):
			if text, ok := l.read(file); ok {
				l.contracts = append(l.contracts, parseContract(l.about(file), text))
			}
		case strings.HasSuffix(name, ".odps.yml"), strings.HasSuffix(name, ".odcs.yml"):
			l.about(file).whole(RuleFile, SeverityError, "is overlooked by its name: rename it to %s", strings.TrimSuffix(name, "yml")+"yaml")
		case strings.HasSuffix(name, ".avsc"):
			l.schemas = append(l.schemas, file)
		case path.Base(path.Dir(path.Dir(file))) == "samples", strings.HasSuffix(file, ".json") && slices.Contains(strings.Split(path.Dir(file), "/"), "samples"):
			l.samples = append(l.samples, file)
		case strings.HasSuffix(file, ".yaml"), strings.HasSuffix(file, ".yml"):
			l.overlooked(file)
		}
		return nil
	})
	if err != nil {
		l.about(".").whole(RuleFile, SeverityError, "cannot be read: %v", err)
	}
}

// documentKind is the line that says what a document of the standards is.
var documentKind = regexp.MustCompile(`(?m)^kind:[ \t]*["']?(DataContract|DataProduct)\b`)

// overlooked tells of a file that is a contract or a data product, and is not taken for one by its name.
func (l *loader) overlooked(file string) {
	text, err := readLimited(l.fsys, file, strict.MaxBytes)
	if err != nil {
		return // whatever it is
	}
	if found := documentKind.FindSubmatch(text); found != nil {
		suffix := map[string]string{"DataContract": ".odcs.yaml", "DataProduct": ".odps.yaml"}[string(found[1])]
		l.about(file).whole(RuleFile, SeverityWarning, "is a %s, and overlooked by its name: name it %s to have it checked", found[1], strings.TrimSuffix(file, path.Ext(file))+suffix)
	}
}

// read gives a file's bytes, but no more than any file of a tree may have.
func (l *loader) read(file string) ([]byte, bool) {
	text, err := readLimited(l.fsys, file, strict.MaxBytes)
	if err != nil {
		l.about(file).whole(RuleFile, SeverityError, "cannot be read: %v", err)
	}
	return text, err == nil
}

func readLimited(fsys fs.FS, file string, most int64) (text []byte, err error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// One byte more, so that a file which is too large is refused as such by whoever parses it.
	return io.ReadAll(io.LimitReader(f, most+1))
}
