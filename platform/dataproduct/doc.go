// Package dataproduct is what a domain builds on: a data product as a value, and the loop that runs it.
//
// A domain declares its ports with their types and a pure function between them:
//
//	const (
//		placed = dataproduct.In[PlacedOrder]("placed")
//		lines  = dataproduct.Out[OrderLine]("lines")
//	)
//
//	func OrderLines() dataproduct.Product {
//		return dataproduct.Transform("orders/order-lines", dataproduct.On(placed, split, lines))
//	}
//
// Everything else is in the contracts: topics, schemas, rules, keys, event time, delivery. A service that owns
// its events publishes them through a Publisher; a guard or an observer needs no code at all.
//
// # The loop
//
// One goroutine for each data product (runner.go) goes round. It works in slots (slot.go), each with a share of the
// partitions and a transaction of its own, so that one slot's commit does not stop the work in another. Its stages have a
// file each:
//
//	poll.go       wait for records; take in what the group decided
//	decode.go     frame and schema id; compile what a schema id needs, once
//	validate.go   the walker, then key, event time, expressions, and what must be unique (unique.go)
//	transform.go  the domain's function
//	check.go      the walker again, on what was emitted
//	publish.go    into the round's transaction; rejects go there too (deadletter.go)
//	commit.go     outputs, dead letters, positions and counts become real together
//	report.go     say how far the data reaches
//
// splice.go is how a function sees an event without decoding it. trace.go follows a sampled record through the stages.
// process.go strings the stages together for one record, which ends in exactly one outcome. A rejection is the record's
// fault and its outcome; an error is not: a transient one leaves the partition where it stands and pauses it while the
// others go on, a fatal one stops the data product and commits nothing.
//
// # What holds
//
//   - Offsets are committed only over records that have their outcome, after what came of them is stored: in one
//     transaction (exactly-once), or after the broker has acknowledged it (at-least-once).
//   - Counts are as committed as the data: they travel in the offset commit's metadata (tally.go).
//   - Per key, output order is input order: one goroutine; one producer for each slot, and a partition stays in its slot; a
//     stuck partition stops whole.
//   - A rebalance waits until what is under way is committed, so it undoes nothing.
//   - Nothing of the control plane blocks data: events that it cannot take are dropped, counted and sent again.
//   - A domain's function sees values only, and what it does wrong ends at transform.go.
package dataproduct
