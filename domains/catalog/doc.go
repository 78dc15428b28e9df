// Package catalog publishes what the shop has on offer, and at what price. Owner: catalog-team.
//
// It promises that the range holds every product on sale under the name it has today and no draft, and that every
// price in the price list kept the contract.
//
//	Products transform  pim.products -> products  compacted: the newest record is the product, a tombstone its end
//	Prices   guard      pim.prices -> prices      needs no code
package catalog

//go:generate go tool avrogen -pkg catalog -strict-types -o event_gen.go ../../contracts/catalog/pim/products.v1.avsc ../../contracts/catalog/products/products.v1.avsc
//go:generate go run ../../cmd/tidemark generate go --views .
