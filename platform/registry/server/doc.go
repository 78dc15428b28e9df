// Package server is an embedded Schema Registry: an http.Handler that speaks the Confluent API. `tidemark demo` has one
// inside, and `tidemark registry` runs one alone. Any client that speaks to a Confluent registry speaks to it, within
// these bounds:
//
//   - Avro only; JSON Schema and Protobuf are refused with 42201.
//   - One server writes one log at a time: the one that took the writer's role last (Store). Several do no harm, but there is no
//     election between them, and one that does not write does not see what another does.
//   - The default context only: names in another one, such as ":.staging:orders", are refused with 42208.
//   - No exporters, no aliases, no defaults for metadata and rules: what is not kept is refused, never ignored.
//
// What the registry knows is a fold of an append-only log, kept in the record format that Confluent's registry
// keeps in its _schemas topic. A change is answered only after it is stored: the order is decide (a pure function
// of the state, giving records), append, fold, answer. Ids are global and never given twice. The same schema keeps its
// id across subjects and versions; it is the same when it differs only in white space, in the order of attributes
// or in writing {"type": "string"} for "string". A doc, a default, an alias or a property that changes is a new schema; so
// are other references, metadata or rules.
//
// A schema may use types that others define: its references name versions of subjects, and it is read together with
// them (avro.Inline). What is referred to cannot be deleted.
package server
