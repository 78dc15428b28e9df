package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// schemaRequest is a schema as clients send it. What this registry does not keep is read to be refused: a rule
// or a tag that is taken and not held would be worse than none.
type schemaRequest struct {
	Schema     string            `json:"schema"`
	SchemaType string            `json:"schemaType"`
	References []json.RawMessage `json:"references"`
	Metadata   json.RawMessage   `json:"metadata"`
	RuleSet    json.RawMessage   `json:"ruleSet"`
}

// candidate is a schema of a request.
type candidate struct {
	text, identity string
	parsed         *avro.Schema
}

func candidateOf(r *http.Request) (*candidate, error) {
	var q schemaRequest
	if err := body(r, &q); err != nil {
		return nil, err
	}
	switch {
	case q.SchemaType != "" && !strings.EqualFold(q.SchemaType, "AVRO"):
		return nil, invalidSchema("this registry keeps AVRO only, not %q", q.SchemaType)
	case len(q.References) > 0:
		return nil, invalidSchema("this registry keeps no references: write the types out in the schema")
	case set(q.Metadata), set(q.RuleSet):
		return nil, invalidSchema("this registry keeps neither metadata nor ruleSet")
	case strings.TrimSpace(q.Schema) == "":
		return nil, invalidSchema("the request has no schema")
	}
	parsed, err := avro.Parse([]byte(q.Schema))
	if err != nil {
		return nil, invalidSchema("%v", err)
	}
	return &candidate{text: parsed.String(), identity: identity(q.Schema), parsed: parsed}, nil
}

func set(field json.RawMessage) bool {
	text := string(field)
	return text != "" && text != "null" && text != "{}"
}

// register makes a schema the newest version of a subject.
func (s *Server) register(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	if err := checkSubject(name); err != nil {
		return nil, err
	}
	c, err := candidateOf(r)
	if err != nil {
		return nil, err
	}
	type registered struct {
		ID int `json:"id"`
	}
	return s.change(r.Context(), func(st *state) (any, []record, error) {
		if held := st.find(name, c, false); held != nil {
			return registered{held.schema.id}, nil, nil
		}
		if st.modeOf(name) != modeReadWrite {
			return nil, nil, readOnly(name)
		}
		findings, err := st.check(name, c, st.history(name))
		if err != nil {
			return nil, nil, err
		}
		if len(findings) > 0 {
			return nil, nil, incompatible(name, findings)
		}
		id, known := st.ids[c.identity]
		text := c.text
		if known {
			text = st.schemas[id].text // one id, one text
		} else {
			id = st.maxID + 1
		}
		number := 1
		if all := st.versions(name); len(all) > 0 {
			number = all[len(all)-1].number + 1
		}
		next := &version{number: number, schema: &schema{id: id, text: text}}
		return registered{id}, []record{schemaRecord(name, next)}, nil
	})
}

// lookup says under which version a subject has a schema.
func (s *Server) lookup(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	c, err := candidateOf(r)
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
		if versions[i].schema.identity == c.identity {
			return versions[i]
		}
	}
	return nil
}
