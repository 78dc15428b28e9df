package server

import (
	"net/http"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// maxReferences bounds how many versions a schema may refer to, those included that they refer to.
const maxReferences = 100

// reference says which version of which subject defines a type that a schema uses. Name is for people and tools: types
// are found by the names that they have in the schemas.
type reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// follow gives the texts that references lead to, directly or through each other, and the references with numbers in place
// of "latest". The first ones must not be deleted, unless deleted is set; what stands behind them was looked at when they
// were registered.
func (st *state) follow(references []reference, deleted bool) (exact []reference, texts [][]byte, err error) {
	seen := make(map[use]bool)
	var add func(references []reference, deleted bool) ([]reference, error)
	add = func(references []reference, deleted bool) ([]reference, error) {
		exact := make([]reference, len(references))
		for i, ref := range references {
			v, err := st.version(ref.Subject, ref.Version, deleted)
			if err != nil {
				return nil, invalidSchema("it refers to version %d of subject '%s', which is not there: register it first", ref.Version, ref.Subject)
			}
			if v.schema.kind != "" {
				return nil, invalidSchema("it refers to version %d of subject '%s', which is %s, not AVRO", v.number, ref.Subject, v.schema.kind)
			}
			ref.Version = v.number
			exact[i] = ref
			at := use{ref.Subject, v.number}
			if seen[at] {
				continue
			}
			if seen[at] = true; len(seen) > maxReferences {
				return nil, invalidSchema("it refers to more than %d schemas, directly or through each other", maxReferences)
			}
			texts = append(texts, []byte(v.schema.text))
			if _, err := add(v.schema.references, true); err != nil {
				return nil, err
			}
		}
		return exact, nil
	}
	exact, err = add(references, deleted)
	return exact, texts, err
}

// parseWith reads a schema together with the texts that it refers to. What comes of it stands alone.
func parseWith(text string, others [][]byte) (*avro.Schema, error) {
	whole := []byte(text)
	if len(others) > 0 {
		var err error
		if whole, err = avro.Inline(whole, others...); err != nil {
			return nil, err
		}
	}
	return avro.Parse(whole)
}

// referrers gives the versions that refer to one version, in order of subject and version.
func (st *state) referrers(name string, number int, deleted bool) []use {
	var out []use
	for _, other := range st.names(deleted) {
		for _, v := range st.live(other, deleted) {
			for _, ref := range v.schema.references {
				if ref.Subject == name && ref.Version == number {
					out = append(out, use{other, v.number})
					break
				}
			}
		}
	}
	return out
}

// referencedBy lists the ids of the schemas that refer to one version.
func (s *Server) referencedBy(r *http.Request) (any, error) {
	number, err := versionNumber(r.PathValue("version"))
	if err != nil {
		return nil, err
	}
	name := r.PathValue("subject")
	return s.read(func(st *state) (any, error) {
		v, err := st.version(name, number, true)
		if err != nil {
			return nil, err
		}
		var ids []int
		seen := make(map[int]bool)
		for _, u := range st.referrers(name, v.number, flag(r, "deleted")) {
			other, err := st.version(u.Subject, u.Version, true)
			if err == nil && !seen[other.schema.id] {
				seen[other.schema.id] = true
				ids = append(ids, other.schema.id)
			}
		}
		return page(r, ids), nil
	})
}
