package integration

import (
	"log/slog"
	"os"
	"testing"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/catalog"
	"github.com/tidemark-mesh/tidemark/domains/customer"
	"github.com/tidemark-mesh/tidemark/domains/fulfillment"
	"github.com/tidemark-mesh/tidemark/domains/marketing"
	"github.com/tidemark-mesh/tidemark/domains/orders"
	"github.com/tidemark-mesh/tidemark/domains/payments"
	"github.com/tidemark-mesh/tidemark/platform/local"
)

// demo is the mesh as `tidemark demo` runs it: embedded, or built with the tag integration on the real cluster.
func demo(t *testing.T) local.Options {
	t.Helper()
	o := shop()
	place(t, &o)
	return o
}

// shop is that mesh with a broker and a registry of its own.
func shop() local.Options {
	return local.Options{
		Contracts: contracts.FS,
		Domains: []local.Domain{
			{Name: "catalog", DataProducts: catalog.All()},
			{Name: "customer", DataProducts: customer.All()},
			{Name: "fulfillment", DataProducts: fulfillment.All()},
			{Name: "marketing", DataProducts: marketing.All()},
			{Name: "orders", DataProducts: orders.All()},
			{Name: "payments", DataProducts: payments.All()},
		},
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}
