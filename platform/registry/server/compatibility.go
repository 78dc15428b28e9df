package server

import (
	"net/http"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// verdict answers a compatibility check. Messages are given when they are asked for (verbose=true).
type verdict struct {
	Compatible bool     `json:"is_compatible"`
	Messages   []string `json:"messages,omitempty"`
}

// checkAll holds a schema against the versions that the subject's level names.
func (s *Server) checkAll(r *http.Request) (any, error) {
	return s.checkAgainst(r, func(st *state) ([]*version, error) {
		return st.history(r.PathValue("subject")), nil
	})
}

// checkOne holds a schema against one version, whatever the level names. Against the latest of a subject that has
// none, everything is compatible: a first version can be registered.
func (s *Server) checkOne(r *http.Request) (any, error) {
	number, err := versionNumber(r.PathValue("version"))
	if err != nil {
		return nil, err
	}
	return s.checkAgainst(r, func(st *state) ([]*version, error) {
		name := r.PathValue("subject")
		if number == latest && len(st.live(name, false)) == 0 {
			return nil, nil
		}
		v, err := st.version(name, number, false)
		return []*version{v}, err
	})
}

func (s *Server) checkAgainst(r *http.Request, history func(*state) ([]*version, error)) (any, error) {
	c, err := s.candidate(r)
	if err != nil {
		return nil, err
	}
	return s.read(func(st *state) (any, error) {
		versions, err := history(st)
		if err != nil {
			return nil, err
		}
		findings, err := st.check(r.PathValue("subject"), c, versions)
		if err != nil {
			return nil, err
		}
		v := verdict{Compatible: len(findings) == 0}
		if flag(r, "verbose") {
			v.Messages = messages(findings)
		}
		return v, nil
	})
}

// history gives the versions that the subject's level names, newest first.
func (st *state) history(name string) []*version {
	versions := st.live(name, false)
	slices.Reverse(versions)
	if len(versions) > 1 && !registry.Transitive(st.levelOf(name)) {
		return versions[:1]
	}
	return versions
}

// check holds a schema against versions at the subject's level.
func (st *state) check(name string, c *candidate, versions []*version) ([]avro.Finding, error) {
	level := st.levelOf(name)
	if level == avro.None {
		return nil, nil
	}
	var findings []avro.Finding
	for _, v := range versions {
		if v.schema.parsed == nil {
			return nil, invalidSchema("version %d of subject %s is not Avro that this registry can read, so nothing can be held against it", v.number, name)
		}
		findings = append(findings, registry.Compare(level, c.parsed, v.number, v.schema.parsed)...)
	}
	return findings, nil
}
