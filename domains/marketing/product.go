package marketing

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them. Order lines are the orders domain's: the type is generated from its
// contract, and nothing else of it is known here.
const (
	lines = dataproduct.In[OrderLine]("lines")
	sales = dataproduct.Out[ProductSale]("sales")
)

// ProductSales is the facts of what sells, where and to whom. Most fields are the order line's as they stand; From names those that
// are called otherwise there, and the last line those that fact makes.
func ProductSales() dataproduct.Product {
	return dataproduct.Transform("marketing/product-sales", dataproduct.Splice(lines, fact, sales.Spliced(
		dataproduct.From{"saleId": "lineId", "soldAt": "placedAt", "units": "quantity", "revenue": "sales"},
		"productName", "categoryPath", "soldOn", "listRevenue", "promotion")))
}

// Campaigns is the campaigns that kept the contract.
func Campaigns() dataproduct.Product { return dataproduct.Guard("marketing/campaigns") }

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{ProductSales(), Campaigns()} }
