package orders

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them.
const (
	placed  = dataproduct.In[PlacedOrder]("placed")
	changes = dataproduct.In[StatusChange]("status")

	book   = dataproduct.Out[Order]("orders")
	lines  = dataproduct.Out[OrderLine]("lines")
	status = dataproduct.Out[OrderStatus]("status")
)

// Orders is the order book: one record for each order, totalled and checked.
func Orders() dataproduct.Product {
	return dataproduct.Transform("orders/orders", dataproduct.On(placed, total, book))
}

// OrderLines splits each placed order into its lines.
func OrderLines() dataproduct.Product {
	return dataproduct.Transform("orders/order-lines", dataproduct.On(placed, split, lines))
}

// OrderStatuses says where each order stands.
func OrderStatuses() dataproduct.Product {
	return dataproduct.Transform("orders/order-status", dataproduct.On(changes, step, status))
}

// All lists the domain's data products.
func All() []dataproduct.Product {
	return []dataproduct.Product{Orders(), OrderLines(), OrderStatuses()}
}
