// Package server is an embedded Schema Registry: an http.Handler that speaks the Confluent API, for demos, tests
// and single machines. Any client that speaks to a Confluent registry speaks to it, within these bounds:
//
//   - Avro only; JSON Schema, Protobuf, references, metadata and rule sets are refused with 42201, never ignored.
//   - One server writes one log. There is no election between several.
//   - No contexts (":.name:" is a part of a subject's name), no IMPORT mode, no exporters.
//
// What the registry knows is a fold of an append-only log, kept in the record format that Confluent's registry
// keeps in its _schemas topic. A change is answered only after it is stored: the order is decide (a pure function
// of the state, giving records), append, fold, answer. Ids are global and never given twice. The same schema keeps its
// id across subjects and versions; it is the same when it differs only in white space, in the order of attributes
// or in writing {"type": "string"} for "string". A doc, a default, an alias or a property that changes is a new schema.
package server
