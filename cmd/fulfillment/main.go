// Command fulfillment runs the data products of the fulfillment domain.
package main

import (
	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/fulfillment"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func main() { dataproduct.Main(contracts.FS, fulfillment.All()...) }
