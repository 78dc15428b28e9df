package portal

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// Publisher takes what people publish over HTTP.
type Publisher interface {
	// Publish judges a publication by the same rules and policies as everywhere, and publishes all of it or, where a
	// finding is an error or dry says so, nothing. Its error means that it could not be judged or published now.
	Publish(ctx context.Context, p api.Publication, dry bool) (api.Published, error)
}

// publications is the path below api.Prefix.
const publications = "/publications"

// maxPublication bounds a publication's body.
const maxPublication = 8 << 20

type publicationRequest struct {
	DryRun bool `query:"dry_run" doc:"Judge only, publish nothing."`
	Body   api.Publication
}

// publicationAnswer has the same shape for 200 and 422.
type publicationAnswer struct {
	Status int
	Body   api.Published
}

func (s *Server) publishOperations(h huma.API) {
	op := operation("publish", publications, "contracts", "Publish a data product and its contracts, if the policies allow it",
		http.StatusServiceUnavailable)
	op.Method, op.MaxBodyBytes = http.MethodPost, maxPublication
	op.Description = "All of it is published, or nothing. 422 says with findings why something is denied; tidemark check says the same."
	huma.Register(h, op, func(ctx context.Context, q *publicationRequest) (*publicationAnswer, error) {
		if q.Body.DataProduct == "" && len(q.Body.Contracts) == 0 {
			return nil, huma.Error422UnprocessableEntity("there is nothing to publish: give data_product, contracts or both")
		}
		if s.Publisher == nil {
			return nil, huma.Error503ServiceUnavailable("this platform takes no publications")
		}
		published, err := s.Publisher.Publish(ctx, q.Body, q.DryRun)
		if err != nil {
			s.Logger.WarnContext(ctx, "a publication could not be judged or published", "error", err)
			return nil, huma.Error503ServiceUnavailable("it cannot be published now; try again, and see /readyz?verbose")
		}
		answer := &publicationAnswer{Status: http.StatusOK, Body: published}
		for _, f := range published.Findings {
			if f.Severity == "error" {
				answer.Status = http.StatusUnprocessableEntity
			}
		}
		return answer, nil
	})
	responses := h.OpenAPI().Paths[op.Path].Post.Responses // a denial is no problem of the request
	responses["422"].Content["application/json"] = responses["200"].Content["application/json"]
}
