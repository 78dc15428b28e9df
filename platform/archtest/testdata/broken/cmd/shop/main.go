// Command shop is a domain's binary.
package main

import (
	"os"

	"example.com/broken/domains/orders"
	"example.com/broken/platform/dataproduct"
)

func main() {
	dataproduct.Run(orders.Name)
	os.Exit(0) // right: only main exits
}
