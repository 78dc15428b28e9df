// Command payments runs the data products of the payments domain.
package main

import (
	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/payments"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func main() { dataproduct.Main(contracts.FS, payments.All()...) }
