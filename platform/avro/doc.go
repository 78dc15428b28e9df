// Package avro reads, checks and compares Avro: the schema model, the walker, compatibility and the typed codec.
//
//	Parse      text -> Schema: strict, bounded, immutable
//	CanRead    two schemas -> findings (Avro 1.12 resolution); Level judges a history of them
//	Compile    writer schema + the contract's rules -> Program
//	Walk       payload -> Verdict: structure, bounds, logical types and rules on the wire bytes, nothing decoded, nothing
//	           allocated for a record that is accepted
//	Codec      payload <-> generated Go struct
//	Decode     payload -> JSON-able value; EncodeJSON goes the other way
//
// The order is the safety: hamba/avro, which encodes and decodes Go structs here, is fast but not safe on hostile input.
// It only ever sees bytes that a Program accepted, in a schema text that this package has written itself. All
// resolution between a writer's and a reader's schema is done once, in resolve.go, and serves compatibility, rules,
// captures and decoding alike, so that they cannot disagree.
//
// What an input may cost is bounded as well, by Limits and by bounds of schemas: a payload by its items, its depth, the work of
// its rules, and what the reader's defaults make of it, all before anything is decoded; a comparison by the pairs of types that it
// looks at and the findings that it words.
//
// A verdict depends on the schemas, the rules and the bytes, never on what was seen before.
package avro
