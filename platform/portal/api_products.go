package portal

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

type dataProductPath struct {
	ID string `path:"id" maxLength:"249" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"<domain>.<product>" example:"orders.order-lines"`
}

type portPath struct {
	ID string `path:"id" maxLength:"249" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"<domain>.<product>.<port>.v<major>" example:"orders.order-lines.lines.v1"`
}

type dataProductFilter struct {
	Paging
	Domain string `query:"domain" maxLength:"249" doc:"Only those of this domain."`
	Owner  string `query:"owner" maxLength:"249" doc:"Only those of this owner."`
	Mode   string `query:"mode" enum:"source,transform,guard,observe" doc:"Only those that run so."`
	State  string `query:"state" maxLength:"32" doc:"Only those in this state, such as running or lost."`
	Status string `query:"status" maxLength:"32" doc:"Only those whose worst port has this health status, such as breached."`
}

type portFilter struct {
	Paging
	Domain      string `query:"domain" maxLength:"249" doc:"Only those of this domain."`
	Owner       string `query:"owner" maxLength:"249" doc:"Only those of this owner."`
	DataProduct string `query:"data_product" maxLength:"249" doc:"Only those of this data product."`
	Status      string `query:"status" maxLength:"32" doc:"Only those with this health status, such as healthy."`
}

func (s *Server) dataProductOperations(h huma.API) {
	const tag = "data products"
	huma.Register(h, operation("list-data-products", "/data-products", tag, "List data products"),
		func(_ context.Context, q *dataProductFilter) (*answer[api.List[mesh.DataProduct]], error) {
			return ok(page(s.Mesh.DataProducts(), q.Paging, func(p *mesh.DataProduct) bool {
				return matches(q.Domain, p.Domain, q.Owner, p.Owner, q.Mode, p.Mode, q.State, p.State, q.Status, p.Status)
			}))
		})
	huma.Register(h, operation("get-data-product", "/data-products/{id}", tag, "Get a data product", http.StatusNotFound),
		func(_ context.Context, q *dataProductPath) (*answer[mesh.DataProduct], error) {
			p, found := s.Mesh.DataProduct(q.ID)
			if !found {
				return nil, missing("data product", q.ID, "/data-products")
			}
			return ok(p)
		})
	huma.Register(h, document("get-data-product-document", "/data-products/{id}/document", tag, "Get a data product's descriptor as it was published (Bitol ODPS)", yamlType),
		func(_ context.Context, q *dataProductPath) (*raw, error) {
			p, found := s.Mesh.DataProduct(q.ID)
			if !found || p.Document == "" {
				return nil, missing("published descriptor of a data product", q.ID, "/data-products")
			}
			return &raw{yamlType, []byte(p.Document)}, nil
		})
	huma.Register(h, operation("list-ports", "/ports", tag, "List ports"),
		func(_ context.Context, q *portFilter) (*answer[api.List[mesh.Port]], error) {
			return ok(page(s.Mesh.Ports(), q.Paging, func(p *mesh.Port) bool {
				return matches(q.Domain, p.Domain, q.Owner, p.Owner, q.DataProduct, p.DataProduct, q.Status, p.Health.Status)
			}))
		})
	huma.Register(h, operation("get-port", "/ports/{id}", tag, "Get a port", http.StatusNotFound),
		func(_ context.Context, q *portPath) (*answer[mesh.Port], error) {
			p, found := s.Mesh.Port(q.ID)
			if !found {
				return nil, missing("port", q.ID, "/ports")
			}
			return ok(p)
		})
	huma.Register(h, operation("get-port-health", "/ports/{id}/health", tag, "Get how fresh, complete and large a port is", http.StatusNotFound),
		func(_ context.Context, q *portPath) (*answer[mesh.Health], error) {
			p, found := s.Mesh.Port(q.ID)
			if !found {
				return nil, missing("port", q.ID, "/ports")
			}
			return ok(p.Health)
		})
}
