package payments

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them. Orders are the orders domain's: the type is generated from its
// contract, and nothing else of it is known here.
const (
	events = dataproduct.In[PaymentEvent]("payments")
	orders = dataproduct.In[Order]("orders")

	payments = dataproduct.Out[Payment]("payments")
	refunds  = dataproduct.Out[Refund]("refunds")
	invoices = dataproduct.Out[Invoice]("invoices")
)

// Payments is what happened to customers' payments, refunds on a port of their own.
func Payments() dataproduct.Product {
	return dataproduct.Transform("payments/payments", dataproduct.On(events, route, payments, refunds))
}

// Invoices is what each order's customer has to pay, and until when.
func Invoices() dataproduct.Product {
	return dataproduct.Transform("payments/invoices", dataproduct.On(orders, invoice, invoices))
}

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{Payments(), Invoices()} }
