// Package orders is the workload of the benchmarks: one kind of record, its contract, a generator that can write it well
// and in eight ways badly, and the same contract's rules in plain Go, as somebody without Tidemark would write them.
//
// Everything is a function of a record's number and the workload's settings, so that who reads an output knows what must be
// on it without having kept the input.
package orders

import (
	_ "embed"
	"math/big"
	"time"
)

// Schema is the order's Avro schema: 14 fields, a record within it and an array of records.
//
//go:embed order.avsc
var Schema string

// Order is the record as a Go struct, for the contenders that decode it.
type Order struct {
	OrderID    string     `avro:"orderId"`
	CustomerID string     `avro:"customerId"`
	Status     string     `avro:"status"`
	Currency   string     `avro:"currency"`
	Total      *big.Rat   `avro:"total"`
	Discount   float64    `avro:"discount"`
	PlacedAt   time.Time  `avro:"placedAt"`
	DueOn      *time.Time `avro:"dueOn"`
	Channel    string     `avro:"channel"`
	Priority   int32      `avro:"priority"`
	Gift       bool       `avro:"gift"`
	Note       *string    `avro:"note"`
	ShipTo     Address    `avro:"shipTo"`
	Lines      []Line     `avro:"lines"`
}

// Address is where an order goes.
type Address struct {
	Street   string `avro:"street"`
	City     string `avro:"city"`
	Postcode string `avro:"postcode"`
	Country  string `avro:"country"`
}

// Line is one line of an order.
type Line struct {
	SKU      string  `avro:"sku"`
	Quantity int32   `avro:"quantity"`
	Price    float64 `avro:"price"`
}
