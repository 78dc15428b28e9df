// Command customer runs the data products of the customer domain.
package main

import (
	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/customer"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func main() { dataproduct.Main(contracts.FS, customer.All()...) }
