// Package marketing publishes campaigns, and what sells, where and to whom. Owner: marketing-team.
//
// It promises sales facts that add up to the order lines' sales to the last of four places, a quarter of an
// hour old at most, without customers and without profit.
//
//	Product Sales transform  orders.order-lines.lines -> sales     one fact for each order line
//	Campaigns     guard      campaign-desk.campaigns -> campaigns  needs no code
package marketing

//go:generate go tool avrogen -pkg marketing -strict-types -o event_gen.go ../../contracts/orders/order-lines/lines.v1.avsc ../../contracts/marketing/product-sales/sales.v1.avsc
//go:generate go run ../../cmd/tidemark generate go --views .
