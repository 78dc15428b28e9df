package portal

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// apiVersion is the version of the API's description, not of the binary.
const apiVersion = "1.0.0"

// api puts the JSON API and its OpenAPI description on mux.
func (s *Server) api(mux *http.ServeMux) {
	h := humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Tidemark",
				Version:     apiVersion,
				Description: "What the mesh knows: its data products, their ports and contracts, who runs them, and how they are doing.",
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName)},
			Tags: []*huma.Tag{
				{Name: "mesh", Description: "The mesh as a whole."},
				{Name: "data products", Description: "What domains publish, and the ports they publish it on."},
				{Name: "contracts", Description: "What is promised."},
				{Name: "operations", Description: "Who runs it, and what went wrong."},
			},
		},
		OpenAPIPath:                  "/openapi",
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	})
	s.meshOperations(h)
	s.dataProductOperations(h)
	s.contractOperations(h)
	s.publishOperations(h)
	s.runOperations(h)
}

// operation describes a GET of a path below api.Prefix.
func operation(id, path, tag, summary string, errors ...int) huma.Operation {
	return huma.Operation{
		OperationID: id,
		Method:      http.MethodGet,
		Path:        api.Prefix + path,
		Tags:        []string{tag},
		Summary:     summary,
		Errors:      append([]int{http.StatusUnprocessableEntity}, errors...),
	}
}

// answer is a response with a JSON body.
type answer[T any] struct{ Body T }

func ok[T any](body T) (*answer[T], error) { return &answer[T]{body}, nil }

// missing is the error for a thing that does not exist; list is where those that do are listed.
func missing(kind, id, list string) error {
	return huma.Error404NotFound("there is no " + kind + " " + id + "; GET " + api.Prefix + list + " lists those that exist")
}

// writeProblem answers with an RFC 9457 problem where huma is not involved.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	body, err := json.Marshal(&huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail})
	if err != nil {
		http.Error(w, detail, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader may have gone
}
