package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// versionAnswer is one version of a subject.
type versionAnswer struct {
	Subject    string          `json:"subject"`
	ID         int             `json:"id"`
	Version    int             `json:"version"`
	SchemaType string          `json:"schemaType,omitempty"`
	References []reference     `json:"references,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	RuleSet    json.RawMessage `json:"ruleSet,omitempty"`
	Schema     string          `json:"schema"`
}

func answerOf(name string, v *version) versionAnswer {
	s := v.schema
	return versionAnswer{name, s.id, v.number, s.kind, s.references, s.metadata, s.rules, s.text}
}

func (s *Server) listSubjects(r *http.Request) (any, error) {
	prefix, err := prefixOf(r)
	if err != nil {
		return nil, err
	}
	return s.read(func(st *state) (any, error) {
		var names []string
		for _, name := range st.names(flag(r, "deleted") || flag(r, "deletedOnly")) {
			if !strings.HasPrefix(name, prefix) || flag(r, "deletedOnly") && len(st.live(name, false)) > 0 {
				continue
			}
			names = append(names, name)
		}
		return page(r, names), nil
	})
}

func (s *Server) listVersions(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.read(func(st *state) (any, error) {
		versions := st.live(name, flag(r, "deleted") || flag(r, "deletedOnly"))
		if flag(r, "deletedOnly") {
			versions = slices.DeleteFunc(versions, func(v *version) bool { return !v.deleted })
		}
		if len(versions) == 0 {
			return nil, subjectNotFound(name)
		}
		return page(r, numbers(versions)), nil
	})
}

func (s *Server) getVersion(r *http.Request) (any, error) {
	return s.byVersion(r, func(v *version) any {
		a := answerOf(r.PathValue("subject"), v)
		a.Schema = textFor(r, v.schema)
		return a
	})
}

func (s *Server) getVersionText(r *http.Request) (any, error) {
	return s.byVersion(r, func(v *version) any { return text(textFor(r, v.schema)) })
}

// getDescribed gives the newest version whose metadata has the properties that are asked for.
func (s *Server) getDescribed(r *http.Request) (any, error) {
	name, q := r.PathValue("subject"), r.URL.Query()
	keys, values := q["key"], q["value"]
	if len(keys) == 0 || len(keys) != len(values) {
		return nil, badRequest("give key and value, each as often as the other")
	}
	return s.read(func(st *state) (any, error) {
		versions := st.live(name, flag(r, "deleted"))
		if len(versions) == 0 {
			return nil, subjectNotFound(name)
		}
		for i := len(versions) - 1; i >= 0; i-- {
			has, all := properties(versions[i].schema.metadata), true
			for k := range keys {
				all = all && has[keys[k]] == values[k]
			}
			if all {
				return answerOf(name, versions[i]), nil
			}
		}
		return nil, schemaNotFound()
	})
}

// prefixOf is the beginning of the subjects' names that a request asks for. ":*:" stands for every context, and
// there is but one.
func prefixOf(r *http.Request) (string, error) {
	prefix := strings.TrimPrefix(r.URL.Query().Get("subjectPrefix"), ":*:")
	return prefix, checkContext(prefix)
}

func (s *Server) byVersion(r *http.Request, give func(*version) any) (any, error) {
	number, err := versionNumber(r.PathValue("version"))
	if err != nil {
		return nil, err
	}
	return s.read(func(st *state) (any, error) {
		v, err := st.version(r.PathValue("subject"), number, flag(r, "deleted"))
		if err != nil {
			return nil, err
		}
		return give(v), nil
	})
}

// latest stands for the newest version.
const latest = -1

// versionNumber reads the version in a path; the API takes -1 for latest too.
func versionNumber(text string) (int, error) {
	if text == "latest" || text == "-1" {
		return latest, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, invalidVersion(text)
	}
	return int(n), nil
}

// version finds one version, and says whether the subject or the version is not there.
func (st *state) version(name string, number int, deleted bool) (*version, error) {
	versions := st.live(name, deleted)
	if len(versions) == 0 {
		return nil, subjectNotFound(name)
	}
	if number == latest {
		return versions[len(versions)-1], nil
	}
	for _, v := range versions {
		if v.number == number {
			return v, nil
		}
	}
	return nil, versionNotFound(number)
}

func numbers(versions []*version) []int {
	out := make([]int, len(versions))
	for i, v := range versions {
		out[i] = v.number
	}
	return out
}

// checkSubject refuses names that would not survive in a path, a log or a terminal.
func checkSubject(name string) error {
	bad := func(c rune) bool { return c < ' ' || c == 0x7f || c == '�' }
	if err := checkContext(name); err != nil {
		return err
	}
	if strings.TrimSpace(name) == "" || len(name) > 1000 || strings.ContainsFunc(name, bad) {
		return invalidSubject(name)
	}
	return nil
}

// checkContext refuses names in a context, such as ":.staging:orders".
func checkContext(name string) error {
	if strings.HasPrefix(name, ":.") {
		return noContexts(name)
	}
	return nil
}
