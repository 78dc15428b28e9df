package event

// The control events are generated from the schemas of the control topics, in the order of their names.
//go:generate go tool avrogen -pkg event -strict-types -o control_gen.go ../../contracts/platform/mesh/breaches.v1.avsc ../../contracts/platform/mesh/freshness.v1.avsc ../../contracts/platform/mesh/heartbeats.v1.avsc ../../contracts/platform/mesh/lifecycle.v1.avsc ../../contracts/platform/mesh/products.v1.avsc ../../contracts/platform/mesh/verdicts.v1.avsc
