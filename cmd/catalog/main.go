// Command catalog runs the data products of the catalog domain.
package main

import (
	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/domains/catalog"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func main() { dataproduct.Main(contracts.FS, catalog.All()...) }
