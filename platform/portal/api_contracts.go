package portal

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// Media types of documents; YAML's is RFC 9512's.
const (
	yamlType = "application/yaml"
	avroType = "application/json"
)

type contractPath struct {
	ID string `path:"id" maxLength:"512" pattern:"^[^\\x00-\\x1f\\x7f]+$" doc:"The contract's id." example:"urn:datamesh:orders:order-lines:lines:1"`
}

type contractFilter struct {
	Paging
	Owner  string `query:"owner" maxLength:"249" doc:"Only those of this owner."`
	Status string `query:"status" maxLength:"32" doc:"Only those with this status of their own, such as active."`
}

// raw is a document as its owner wrote it.
type raw struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func document(id, path, tag, summary, contentType string) huma.Operation {
	op := operation(id, path, tag, summary, http.StatusNotFound)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The document, byte for byte.",
		Content:     map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}

func (s *Server) contractOperations(h huma.API) {
	const tag = "contracts"
	huma.Register(h, operation("list-contracts", "/contracts", tag, "List contracts"),
		func(_ context.Context, q *contractFilter) (*answer[api.List[mesh.Contract]], error) {
			return ok(page(s.Mesh.Contracts(), q.Paging, func(c *mesh.Contract) bool {
				return matches(q.Owner, c.Owner, q.Status, c.Status)
			}))
		})
	huma.Register(h, operation("get-contract", "/contracts/{id}", tag, "Get a contract", http.StatusNotFound),
		func(_ context.Context, q *contractPath) (*answer[mesh.Contract], error) {
			c, err := s.contract(q.ID)
			if err != nil {
				return nil, err
			}
			return ok(c)
		})
	huma.Register(h, document("get-contract-document", "/contracts/{id}/document", tag, "Get a contract as it was published (Bitol ODCS)", yamlType),
		func(_ context.Context, q *contractPath) (*raw, error) {
			c, err := s.contract(q.ID)
			if err != nil {
				return nil, err
			}
			return &raw{yamlType, []byte(c.Document)}, nil
		})
	huma.Register(h, document("get-contract-schema", "/contracts/{id}/schema", tag, "Get a contract's Avro schema", avroType),
		func(_ context.Context, q *contractPath) (*raw, error) {
			c, err := s.contract(q.ID)
			if err != nil {
				return nil, err
			}
			return &raw{avroType, []byte(c.Schema)}, nil
		})
}

func (s *Server) contract(id string) (mesh.Contract, error) {
	c, found := s.Mesh.Contract(id)
	if !found {
		return c, missing("contract", id, "/contracts")
	}
	return c, nil
}
