// Package fulfillment publishes how orders get from the shelf to the doorstep. Owner: fulfillment-team.
//
// It promises to say within ten minutes where a shipment stands and whether it left in time, and how far the
// carriers' scans can be relied on.
//
//	Shipments transform  warehouse.shipments -> shipments  days to ship, the promise kept or broken
//	Tracking  observe    warehouse.tracking                checked in place; needs no code
package fulfillment

//go:generate go tool avrogen -pkg fulfillment -strict-types -o event_gen.go ../../contracts/fulfillment/warehouse/shipments.v1.avsc ../../contracts/fulfillment/shipments/shipments.v1.avsc
