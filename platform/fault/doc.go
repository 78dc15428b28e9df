// Package fault says whose fault a failure is, because that alone decides what the runtime does with it.
//
//	transient   the surroundings': registry or broker away. Pause the partition, retry with back-off.
//	rejection   the record's: dead letter with its reason, go on.
//	fatal       ours: a topic that must exist is missing, an invariant broke. Stop, commit nothing.
//
// A rejection is a value, not a chain of errors: an all-bad batch must not cost ten times a good one.
package fault
