// Command orders runs the data products of the orders domain.
package main

import (
	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/orders"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func main() { dataproduct.Main(contracts.FS, orders.All()...) }
