// Package gotypes writes the Go types of Avro records: the typed events that a domain's functions are written with.
//
// The text is that of hamba/avro's generator (avrogen -strict-types), so that both can be used on one file. What
// that generator gets wrong in silence is refused here: two records of one name that differ, and types that
// avro.NewCodec does not take.
package gotypes
