package portal

import (
	"strings"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

// details is what pages show of a contract beyond what the fold keeps: they are read from its document.
type details struct {
	freshness    time.Duration // promised, 0 for no promise
	completeness float64       // promised, 0 for no promise
	fields       []pages.Field
}

// maxContracts bounds the cache; a mesh of 4,000 data products fits.
const maxContracts = 8192

// contractCache keeps details by digest: a document of a digest never changes.
type contractCache struct {
	mu       sync.Mutex
	byDigest map[string]details
}

// details of a contract; empty ones for a contract that is not known or cannot be read.
func (s *Server) details(id string) details {
	c, found := s.Mesh.Contract(id)
	if !found {
		return details{}
	}
	s.contracts.mu.Lock()
	defer s.contracts.mu.Unlock()
	if d, ok := s.contracts.byDigest[c.Digest]; ok {
		return d
	}
	if s.contracts.byDigest == nil || len(s.contracts.byDigest) >= maxContracts {
		s.contracts.byDigest = map[string]details{} // rereading one costs less than a millisecond
	}
	d := readDetails(c.ID, c.Document, c.Schema)
	s.contracts.byDigest[c.Digest] = d
	return d
}

func readDetails(id, document, schema string) details {
	c, _ := contract.ParseContract(id+".odcs.yaml", []byte(document)) // the fold shows the findings
	if c == nil {
		return details{}
	}
	d := details{freshness: c.SLA().Freshness, completeness: c.SLA().Completeness}
	types, err := avro.Parse([]byte(schema))
	if err != nil {
		types = nil // the contract's own words for types have to do
	}
	r := fieldReader{schema: types, rules: rulesByPath(c), marks: marksByPath(c)}
	for i := range c.Objects {
		r.read(c.Objects[i].Properties, nil)
	}
	d.fields = r.fields
	return d
}

func rulesByPath(c *contract.Contract) map[string][]avro.Rule {
	rules, _ := c.Rules() // what is not enforced is a finding of the contract, not of a field
	by := map[string][]avro.Rule{}
	for _, r := range rules {
		path := strings.Join(r.Path, ".")
		by[path] = append(by[path], r)
	}
	return by
}

// masked marks a field whose values are hidden wherever a person looks.
const masked = "masked"

func marksByPath(c *contract.Contract) map[string][]string {
	marks := map[string][]string{}
	mark := func(path []string, word string) {
		if len(path) > 0 {
			key := strings.Join(path, ".")
			marks[key] = append(marks[key], word)
		}
	}
	mark(c.Key(), "key")
	mark(c.EventTime(), "event time")
	for _, path := range c.Classified() {
		mark(path, masked)
	}
	return marks
}
