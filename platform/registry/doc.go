// Package registry speaks to a Confluent-compatible Schema Registry.
//
// The calls themselves are srclient's; around them stands what a data product needs and no client has: a cache
// of schemas by id that never forgets (an id means the same schema for ever), one fetch an id however many ask, a
// short memory of ids that the registry does not know, several addresses tried in turn, a deadline on every call,
// and an answer to the question whose fault a failure is:
//
//	the registry knows the id not           the record's: ErrUnknownSchema, a *fault.Rejection
//	5xx, a timeout, 401, no connection      the surroundings': fault.Transient, never a dead letter
//	a schema that readers could not follow  ours: *IncompatibleError, fault.Fatal
//
// An embedded registry for demos and tests is in registry/server.
package registry
