package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// A listing of dead letters is the one answer that needs a broker: it is bounded in time, and so is how many read at
// once; the others wait.
const (
	deadLettersTimeout = 8 * time.Second
	maxListings        = 4
)

type instancePath struct {
	Name string `path:"name" maxLength:"249" pattern:"^[^\\x00-\\x1f\\x7f]+$" doc:"The instance's stable name."`
}

type instanceFilter struct {
	Paging
	State       string `query:"state" maxLength:"32" doc:"Only those in this state, such as lost."`
	DataProduct string `query:"data_product" maxLength:"249" doc:"Only those that run this data product."`
}

type breachFilter struct {
	Paging
	Port        string `query:"port" maxLength:"249" doc:"Only those of this port."`
	DataProduct string `query:"data_product" maxLength:"249" doc:"Only those of this data product."`
	Open        string `query:"open" enum:"true,false" doc:"true: only those that last; false: only those that are over."`
}

type deadLetterFilter struct {
	DataProduct string `query:"data_product" required:"true" maxLength:"249" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"Whose dead letters." example:"orders.order-lines"`
	Reason      string `query:"reason" maxLength:"249" doc:"Only those rejected for this reason, such as rule.broken."`
	Limit       int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many to give at most."`
	Cursor      string `query:"cursor" maxLength:"1024" doc:"The next of the page before."`
}

func (s *Server) runOperations(h huma.API) {
	const tag = "operations"
	huma.Register(h, operation("list-instances", "/instances", tag, "List the processes that run data products"),
		func(_ context.Context, q *instanceFilter) (*answer[api.List[mesh.Instance]], error) {
			return ok(page(s.Mesh.Instances(), q.Paging, func(i *mesh.Instance) bool {
				return matches(q.State, i.State) && (q.DataProduct == "" || holds(i, q.DataProduct))
			}))
		})
	huma.Register(h, operation("get-instance", "/instances/{name}", tag, "Get an instance", http.StatusNotFound),
		func(_ context.Context, q *instancePath) (*answer[mesh.Instance], error) {
			for _, i := range s.Mesh.Instances() {
				if i.Name == q.Name {
					return ok(i)
				}
			}
			return nil, missing("instance", q.Name, "/instances")
		})
	huma.Register(h, operation("list-breaches", "/breaches", tag, "List broken promises"),
		func(_ context.Context, q *breachFilter) (*answer[api.List[mesh.Breach]], error) {
			return ok(page(s.Mesh.Breaches(), q.Paging, func(b *mesh.Breach) bool {
				return matches(q.Port, b.Port, q.DataProduct, b.DataProduct, q.Open, strconv.FormatBool(b.Open()))
			}))
		})
	huma.Register(h, operation("list-dead-letters", "/dead-letters", tag, "List a data product's dead letters, without what is in them",
		http.StatusNotFound, http.StatusNotImplemented, http.StatusServiceUnavailable), s.deadLetters)
}

func (s *Server) deadLetters(ctx context.Context, q *deadLetterFilter) (*answer[api.DeadLetterList], error) {
	if s.DeadLetters == nil {
		return nil, huma.Error501NotImplemented("this platform has no access to dead letters; use tidemark dlq list " + q.DataProduct)
	}
	if _, found := s.Mesh.DataProduct(q.DataProduct); !found {
		return nil, missing("data product", q.DataProduct, "/data-products")
	}
	ctx, cancel := context.WithTimeout(ctx, deadLettersTimeout)
	defer cancel()
	select {
	case s.listings <- struct{}{}:
		defer func() { <-s.listings }()
	case <-ctx.Done():
		return nil, huma.Error503ServiceUnavailable("too many listings of dead letters are under way; try again in some seconds")
	}
	list, err := s.DeadLetters.List(ctx, DeadLetterQuery{q.DataProduct, q.Reason, q.Limit, q.Cursor})
	if bad, ok := errors.AsType[*BadCursorError](err); ok {
		return nil, huma.Error422UnprocessableEntity(bad.Error() + "; leave cursor out to begin with the newest")
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "dead letters could not be listed", "data_product", q.DataProduct, "error", err)
		return nil, huma.Error503ServiceUnavailable("the dead letters of " + q.DataProduct + " cannot be read now, the brokers do not answer; try again, and see /readyz?verbose")
	}
	if list.Items == nil {
		list.Items = []api.DeadLetter{}
	}
	return ok(list)
}

func holds(i *mesh.Instance, dataProduct string) bool {
	for _, held := range i.DataProducts {
		if held.ID == dataProduct {
			return true
		}
	}
	return false
}
