package fulfillment

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them.
const (
	events    = dataproduct.In[ShipmentEvent]("shipments")
	shipments = dataproduct.Out[Shipment]("shipments")
)

// Shipments is how shipments come along, and whether they left in time.
func Shipments() dataproduct.Product {
	return dataproduct.Transform("fulfillment/shipments", dataproduct.On(events, follow, shipments))
}

// Tracking says how fresh and how good the carriers' scans are.
func Tracking() dataproduct.Product { return dataproduct.Observe("fulfillment/tracking") }

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{Shipments(), Tracking()} }
