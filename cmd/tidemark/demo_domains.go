package main

import (
	"github.com/tidemark-mesh/tidemark/domains/catalog"
	"github.com/tidemark-mesh/tidemark/domains/customer"
	"github.com/tidemark-mesh/tidemark/domains/fulfillment"
	"github.com/tidemark-mesh/tidemark/domains/marketing"
	"github.com/tidemark-mesh/tidemark/domains/orders"
	"github.com/tidemark-mesh/tidemark/domains/payments"
	"github.com/tidemark-mesh/tidemark/platform/local"
)

// demoDomains are the six domains that the demo runs, each as one instance of its name.
func demoDomains() []local.Domain {
	return []local.Domain{
		{Name: "catalog", DataProducts: catalog.All()},
		{Name: "customer", DataProducts: customer.All()},
		{Name: "fulfillment", DataProducts: fulfillment.All()},
		{Name: "marketing", DataProducts: marketing.All()},
		{Name: "orders", DataProducts: orders.All()},
		{Name: "payments", DataProducts: payments.All()},
	}
}
