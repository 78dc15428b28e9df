package portal

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

type searchQuery struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words that a name, a description, an owner or a field holds."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to give at most."`
}

func (s *Server) meshOperations(h huma.API) {
	const tag = "mesh"
	huma.Register(h, operation("get-health", "/health", tag, "Get how the whole mesh is doing"),
		func(context.Context, *struct{}) (*answer[api.Summary], error) {
			return ok(summarize(s.Mesh, s.Clock()))
		})
	huma.Register(h, operation("search", "/search", tag, "Find data products, ports, contracts and instances, the best match first"),
		func(_ context.Context, q *searchQuery) (*answer[api.List[mesh.Hit]], error) {
			hits := s.search(q.Q, q.Limit)
			return ok(api.List[mesh.Hit]{Items: hits, Total: len(hits), Limit: q.Limit})
		})
}

func (s *Server) search(words string, limit int) []mesh.Hit {
	hits := s.Mesh.Search(strings.TrimSpace(words), limit)
	if hits == nil {
		hits = []mesh.Hit{}
	}
	return hits
}
