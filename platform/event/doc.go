// Package event holds the words of the control plane: the events that data products and the platform tell
// each other, the topics they travel on, their keys, and the names of the headers that records carry.
//
// The structs in control_gen.go are generated from contracts/platform/mesh/*.avsc (make generate), so that
// the control topics obey contracts like any other topic. This package knows neither Kafka nor Avro: the bus
// encodes, sends and reads what is declared here.
package event
