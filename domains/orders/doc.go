// Package orders publishes what the shop sells. Owner: orders-team.
//
// It promises that every order a customer placed is in the order book within five minutes, with totals that agree
// to the last of four places, and that no line of it is lost or counted twice.
//
//	Orders       transform  checkout.placed -> orders   one record for each order, totalled
//	Order Lines  transform  checkout.placed -> lines    one record for each line
//	Order Status transform  checkout.status -> status   each step of an order, none skipped
//
// Orders and Order Lines refuse the same orders, so that their sums always agree.
package orders

//go:generate go tool avrogen -pkg orders -strict-types -o event_gen.go ../../contracts/orders/checkout/placed.v1.avsc ../../contracts/orders/checkout/status.v1.avsc ../../contracts/orders/orders/orders.v1.avsc ../../contracts/orders/order-lines/lines.v1.avsc ../../contracts/orders/order-status/status.v1.avsc
