package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// schemaAnswer is a schema by its id. An Avro schema has no schemaType.
type schemaAnswer struct {
	SchemaType string          `json:"schemaType,omitempty"`
	Schema     string          `json:"schema"`
	References []reference     `json:"references,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	RuleSet    json.RawMessage `json:"ruleSet,omitempty"`
	MaxID      int             `json:"maxId,omitempty"`
}

func (s *Server) getSchema(r *http.Request) (any, error) {
	return s.byID(r, func(st *state, found *schema) any {
		a := schemaAnswer{found.kind, textFor(r, found), found.references, found.metadata, found.rules, 0}
		if flag(r, "fetchMaxId") {
			a.MaxID = st.maxID
		}
		return a
	})
}

func (s *Server) getSchemaText(r *http.Request) (any, error) {
	return s.byID(r, func(_ *state, found *schema) any { return text(textFor(r, found)) })
}

func (s *Server) getSchemaVersions(r *http.Request) (any, error) {
	return s.byID(r, func(st *state, found *schema) any {
		return page(r, st.usesFor(r, found.id))
	})
}

func (s *Server) getSchemaSubjects(r *http.Request) (any, error) {
	return s.byID(r, func(st *state, found *schema) any {
		var names []string
		for _, u := range st.usesFor(r, found.id) {
			if len(names) == 0 || names[len(names)-1] != u.Subject {
				names = append(names, u.Subject)
			}
		}
		return page(r, names)
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

// usesFor gives the versions that have a schema and that a request asks for.
func (st *state) usesFor(r *http.Request, id int) []use {
	only := r.URL.Query().Get("subject")
	return slices.DeleteFunc(st.uses(id, flag(r, "deleted")), func(u use) bool { return only != "" && u.Subject != only })
}

// listSchemas gives all versions of all subjects.
func (s *Server) listSchemas(r *http.Request) (any, error) {
	prefix, err := prefixOf(r)
	if err != nil {
		return nil, err
	}
	return s.read(func(st *state) (any, error) {
		var all []versionAnswer
		for _, name := range st.names(flag(r, "deleted")) {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			versions := st.live(name, flag(r, "deleted"))
			if flag(r, "latestOnly") {
				versions = versions[len(versions)-1:]
			}
			for _, v := range versions {
				all = append(all, answerOf(name, v))
			}
		}
		return page(r, all), nil
	})
}

// textFor is a schema's text in the form that a request asks for: as it is, or with what it refers to written out.
func textFor(r *http.Request, s *schema) string {
	if r.URL.Query().Get("format") == "resolved" && s.parsed != nil {
		return s.parsed.String()
	}
	return s.text
}

// text is a schema as JSON of its own; Protobuf, which is none, as a JSON string.
func text(schema string) any {
	if json.Valid([]byte(schema)) {
		return json.RawMessage(schema)
	}
	return schema
}

// page is the part of a list that a request asks for, by offset and limit; an empty one shows as [] and not as null.
func page[T any](r *http.Request, list []T) []T {
	q := r.URL.Query()
	if n, err := strconv.Atoi(q.Get("offset")); err == nil && n > 0 {
		list = list[min(n, len(list)):]
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n >= 0 {
		list = list[:min(n, len(list))]
	}
	if list == nil {
		return []T{}
	}
	return list
}
