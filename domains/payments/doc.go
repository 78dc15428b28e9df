// Package payments publishes the money that comes in, goes back, and is owed. Owner: payments-team.
//
// It promises takings that are complete to the cent within five minutes, no card data on any port, and one
// invoice for each order.
//
//	Payments transform  gateway.payments -> payments      authorised, captured, failed
//	                                     -> refunds       money that went back
//	Invoices transform  orders.orders.orders -> invoices  what is to be paid, and until when
package payments

//go:generate go tool avrogen -pkg payments -strict-types -o event_gen.go ../../contracts/payments/gateway/payments.v1.avsc ../../contracts/payments/payments/payments.v1.avsc ../../contracts/payments/payments/refunds.v1.avsc ../../contracts/orders/orders/orders.v1.avsc ../../contracts/payments/invoices/invoices.v1.avsc
