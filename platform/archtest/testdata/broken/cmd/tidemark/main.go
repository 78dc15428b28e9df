// Command tidemark may import anything, policies too.
package main

import (
	_ "example.com/broken/domains/orders"
	_ "example.com/broken/platform/policy"
)

func main() {}
