package server

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// schemaAnswer is a schema by its id. An Avro schema has no schemaType.
type schemaAnswer struct {
	SchemaType string          `json:"schemaType,omitempty"`
	Schema     string          `json:"schema"`
	References json.RawMessage `json:"references,omitempty"`
}

func (s *Server) getSchema(r *http.Request) (any, error) {
	return s.byID(r, func(_ *state, found *schema) any {
		return schemaAnswer{found.kind, found.text, found.references}
	})
}

func (s *Server) getSchemaText(r *http.Request) (any, error) {
	return s.byID(r, func(_ *state, found *schema) any { return text(found) })
}

func (s *Server) getSchemaVersions(r *http.Request) (any, error) {
	return s.byID(r, func(st *state, found *schema) any {
		return listed(st.uses(found.id, flag(r, "deleted")))
	})
}

func (s *Server) getSchemaSubjects(r *http.Request) (any, error) {
	return s.byID(r, func(st *state, found *schema) any {
		var names []string
		for _, u := range st.uses(found.id, flag(r, "deleted")) {
			if len(names) == 0 || names[len(names)-1] != u.Subject {
				names = append(names, u.Subject)
			}
		}
		return listed(names)
	})
}

// byID finds the schema that the path names. A schema whose versions are all deleted softly is still found,
// since records still carry its id.
func (s *Server) byID(r *http.Request, give func(*state, *schema) any) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 32)
	if err != nil {
		return nil, plain(http.StatusNotFound)
	}
	return s.read(func(st *state) (any, error) {
		found := st.schemas[int(id)]
		if found == nil {
			return nil, idNotFound(int(id))
		}
		return give(st, found), nil
	})
}

// text is a schema as JSON of its own; Protobuf, which is none, as a JSON string.
func text(s *schema) any {
	if json.Valid([]byte(s.text)) {
		return json.RawMessage(s.text)
	}
	return s.text
}

// listed makes an empty list show as [] and not as null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
