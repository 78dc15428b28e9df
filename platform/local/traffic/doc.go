// Package traffic is the shop that `tidemark demo` runs: what its operational systems (checkout, product
// information, CRM, payment gateway, warehouse, campaign desk) publish.
//
// The orders are real: data/superstore.csv, 9,994 lines of 5,009 orders, MIT licensed. What the file does not hold
// (times of day, payments, parcels, scans, profiles, campaigns) comes from a seeded generator, so that the same seed
// and the same start give the same events. Event times are moved by whole days, so that the file's last order is
// "now", the moment of the first start.
//
//	file.go       the file, parsed strictly and grouped to orders
//	calendar.go   when things happened
//	story.go      what happened to one order: payment, shipment, return
//	shop.go       everything that happens; checkout.go, gateway.go, ...: what each system says of it
//	agenda.go     all that in event-time order, and the ticks of the live phase, one order each, for ever
//	bad.go        nine ways to spoil an event
//	ledger.go     what was published so far, stored in one transaction with it
//	oracle.go     what must come of it, worked out from the ledger alone
//	outlet.go     the output ports of the six source data products
//	traffic.go    the backfill and the live phase
//
// Every event goes out through a dataproduct.Publisher; the bad ones are raw records of the same transaction, since a
// Publisher would refuse them.
package traffic
