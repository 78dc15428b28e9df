package fault

import "strings"

// Reason is the code of a rejection: lower case, dotted, stable. It labels metrics and dead letters.
type Reason string

const (
	// FrameBad: the value is not in the Confluent wire format (magic byte 0, four-byte schema id).
	FrameBad Reason = "frame.bad"
	// SchemaUnknown: the registry does not know the schema id, after a grace.
	SchemaUnknown Reason = "schema.unknown"
	// SchemaIncompatible: the writer's schema cannot be read as the contract's.
	SchemaIncompatible Reason = "schema.incompatible"
	// AvroTruncated: the payload ends inside a value, or before what a length or count promises.
	AvroTruncated Reason = "avro.truncated"
	// AvroLength: a length or count is negative, beyond the limits, or contradicts its block.
	AvroLength Reason = "avro.length"
	// AvroMalformed: a value that its type does not have: an overlong varint, a boolean that is neither 0 nor
	// 1, a branch or symbol that does not exist, bytes that are not UTF-8, nesting that is too deep.
	AvroMalformed Reason = "avro.malformed"
	// AvroTrailing: bytes follow the value.
	AvroTrailing Reason = "avro.trailing"
	// FieldRequired: a field that the contract requires is null.
	FieldRequired Reason = "field.required"
	// RuleBroken: a rule of the contract with severity error does not hold.
	RuleBroken Reason = "rule.broken"
	// EventTimeImpossible: the event time is before 1970, or after the record was published.
	EventTimeImpossible Reason = "event-time.impossible"
	// EventTimeLate: the event time is older than the contract's lateness allows.
	EventTimeLate Reason = "event-time.late"
	// KeyMissing: the record has no key where the contract names one.
	KeyMissing Reason = "key.missing"
	// KeyMismatch: the key is not the field that the contract names, or not UTF-8.
	KeyMismatch Reason = "key.mismatch"
	// TooLarge: the record that would be published is larger than topics take.
	TooLarge Reason = "record.too-large"
	// UniqueDuplicate: an earlier record of the partition has the same values in fields that the contract says are unique.
	UniqueDuplicate Reason = "unique.duplicate"
	// TombstoneUnexpected: a null value on a port that is not compacted.
	TombstoneUnexpected Reason = "tombstone.unexpected"
)

// Of a transform: the rest of the code is the transform's own word.
const transformPrefix = "transform."

// Of an output record: the rest of the code is what it broke.
const outputPrefix = "output."

// ByTransform is the reason of a rejection that a transform asked for.
func ByTransform(why string) Reason { return Reason(transformPrefix + why) }

// OnOutput is the reason of an input whose output broke the output port's contract.
func OnOutput(r Reason) Reason {
	if strings.HasPrefix(string(r), outputPrefix) {
		return r
	}
	return outputPrefix + r
}

// Rejection is what is wrong with one record. It never holds a field's value, since it is written to logs,
// headers and pages.
type Rejection struct {
	Reason  Reason
	Rule    string // the contract's rule id, where a rule was broken
	Field   string // the field's path, where one is to blame
	Message string // one sentence
}

// Error gives the reason, the rule or field, and the message.
func (r *Rejection) Error() string {
	s := string(r.Reason)
	switch {
	case r.Rule != "":
		s += " (" + r.Rule + ")"
	case r.Field != "":
		s += " (" + r.Field + ")"
	}
	if r.Message != "" {
		s += ": " + r.Message
	}
	return s
}
