package marketing

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them. Order lines are the orders domain's: the type is generated from its
// contract, and nothing else of it is known here.
const (
	lines = dataproduct.In[OrderLine]("lines")
	sales = dataproduct.Out[ProductSale]("sales")
)

// ProductSales is the facts of what sells, where and to whom.
func ProductSales() dataproduct.Product {
	return dataproduct.Transform("marketing/product-sales", dataproduct.On(lines, fact, sales))
}

// Campaigns is the campaigns that kept the contract.
func Campaigns() dataproduct.Product { return dataproduct.Guard("marketing/campaigns") }

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{ProductSales(), Campaigns()} }
