package catalog

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them.
const (
	changes  = dataproduct.In[ProductChange]("products")
	products = dataproduct.Out[Product]("products")
)

// Products is the shop's range as it is now.
func Products() dataproduct.Product {
	return dataproduct.Transform("catalog/products", dataproduct.Splice(changes, publish, products.Spliced(nil, "name")))
}

// Prices is the price list: list prices that kept the contract.
func Prices() dataproduct.Product { return dataproduct.Guard("catalog/prices") }

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{Products(), Prices()} }
