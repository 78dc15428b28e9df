package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// maxRecord bounds a record of the log below what a broker takes by default.
const maxRecord = 900_000

// schemaRequest is a schema as clients send it. What this registry does not keep is read to be refused: a wish that
// is taken and not held would be worse than none.
type schemaRequest struct {
	Schema       string          `json:"schema"`
	SchemaType   string          `json:"schemaType"`
	References   []reference     `json:"references"`
	Metadata     json.RawMessage `json:"metadata"`
	RuleSet      json.RawMessage `json:"ruleSet"`
	ID           int             `json:"id"`
	Version      int             `json:"version"`
	TagsToAdd    json.RawMessage `json:"schemaTagsToAdd"`
	TagsToRemove json.RawMessage `json:"schemaTagsToRemove"`
}

// candidate is a schema of a request.
type candidate struct {
	schema
	version   int  // that an import asks for; 0 and less for the next one
	normalize bool // names are the same in whichever way they are written
}

func (s *Server) candidate(r *http.Request) (*candidate, error) {
	var q schemaRequest
	if err := body(r, &q); err != nil {
		return nil, err
	}
	switch {
	case q.SchemaType != "" && !strings.EqualFold(q.SchemaType, "AVRO"):
		return nil, invalidSchema("this registry keeps AVRO only, not %q", q.SchemaType)
	case set(q.TagsToAdd), set(q.TagsToRemove):
		return nil, invalidSchema("this registry does not change tags of what is registered: send the whole metadata")
	case strings.TrimSpace(q.Schema) == "":
		return nil, invalidSchema("the request has no schema")
	}
	c := &candidate{version: q.Version, normalize: flag(r, "normalize")}
	c.id = max(q.ID, 0)
	var err error
	if c.metadata, err = readMetadata(q.Metadata); err != nil {
		return nil, err
	}
	if c.rules, err = readRules(q.RuleSet); err != nil {
		return nil, err
	}
	return c, s.parse(c, q)
}

// parse reads the schema together with what it refers to.
func (s *Server) parse(c *candidate, q schemaRequest) error {
	var others [][]byte
	if len(q.References) > 0 {
		_, err := s.read(func(st *state) (_ any, err error) {
			c.references, others, err = st.follow(q.References, false)
			return nil, err
		})
		if err != nil {
			return err
		}
	}
	var err error
	if c.parsed, err = parseWith(q.Schema, others); err != nil {
		return invalidSchema("%v", err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(q.Schema)); err != nil {
		return invalidSchema("%v", err)
	}
	if c.text = compact.String(); c.normalize {
		c.text = normal(c.text)
	}
	c.identify()
	return nil
}

// register makes a schema the newest version of a subject.
func (s *Server) register(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	if err := checkSubject(name); err != nil {
		return nil, err
	}
	c, err := s.candidate(r)
	if err != nil {
		return nil, err
	}
	type registered struct {
		ID int `json:"id"`
	}
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		id, records, err := st.register(name, *c)
		return registered{id}, records, err
	})
}

// register decides about a new version. A schema that the subject has already keeps its id, whatever the mode.
func (st *state) register(name string, c candidate) (id int, records []Record, err error) {
	if held := st.find(name, &c, false); held != nil && c.version <= 0 && (c.id == 0 || c.id == held.schema.id) {
		return held.schema.id, nil, nil
	}
	importing := st.modeOf(name) == modeImport
	switch {
	case st.modeOf(name) == modeReadOnly:
		return 0, nil, readOnly(name)
	case importing && c.id == 0:
		return 0, nil, importOnly(name)
	case !importing && c.id > 0:
		return 0, nil, notImporting(name)
	}
	if _, _, err := st.follow(c.references, false); err != nil { // it may be gone since it was read
		return 0, nil, err
	}
	number, err := st.place(name, &c)
	if err != nil {
		return 0, nil, err
	}
	if !importing {
		if err := st.fits(name, &c); err != nil {
			return 0, nil, err
		}
		c.inherit(st.live(name, false))
	}
	next := c.schema
	if held := st.schemas[c.id]; held != nil {
		next = *held // one id, one text
	} else if id := st.idOf(&c); c.id == 0 && id > 0 {
		next = *st.schemas[id]
	} else if c.id == 0 {
		next.id = st.maxID + 1
	}
	written := schemaRecord(name, &version{number: number, schema: &next})
	if len(written.Value) > maxRecord {
		return 0, nil, tooLarge(len(written.Value))
	}
	return next.id, []Record{written}, nil
}

// fits holds a candidate against the versions before it.
func (st *state) fits(name string, c *candidate) error {
	findings, err := st.check(name, c, st.history(name))
	if err == nil && len(findings) > 0 {
		err = incompatible(name, findings)
	}
	return err
}

// inherit takes over what the newest version says besides its types, where the candidate says nothing: otherwise each
// producer that knows the schema only would take the rules away.
func (c *candidate) inherit(versions []*version) {
	if len(versions) == 0 {
		return
	}
	before := versions[len(versions)-1].schema
	if c.metadata == nil {
		c.metadata = before.metadata
	}
	if c.rules == nil {
		c.rules = before.rules
	}
	c.identify()
}

// lookup says under which version a subject has a schema.
func (s *Server) lookup(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	c, err := s.candidate(r)
	if err != nil {
		return nil, err
	}
	return s.read(func(st *state) (any, error) {
		if len(st.live(name, flag(r, "deleted"))) == 0 {
			return nil, subjectNotFound(name)
		}
		held := st.find(name, c, flag(r, "deleted"))
		if held == nil {
			return nil, schemaNotFound()
		}
		return answerOf(name, held), nil
	})
}

// find gives the newest version of a subject that has this schema; nil when none has.
func (st *state) find(name string, c *candidate, deleted bool) *version {
	versions := st.live(name, deleted)
	for i := len(versions) - 1; i >= 0; i-- {
		if c.means(versions[i].schema) {
			return versions[i]
		}
	}
	return nil
}

// means says whether a candidate asks for a registered schema. Metadata and rules count where it names them. A schema
// that stands alone asks for one with references too, if that comes to the same: clients often have only the whole.
func (c *candidate) means(held *schema) bool {
	if c.metadata != nil && canonical(c.metadata) != canonical(held.metadata) || c.rules != nil && canonical(c.rules) != canonical(held.rules) {
		return false
	}
	if c.types == held.types {
		return true
	}
	alone := len(c.references) == 0 && len(held.references) > 0
	return (c.normalize || alone) && held.parsed != nil && c.whole() == held.whole()
}
