// Package cel judges records by expressions of the Common Expression Language: what a contract demands and no built-in
// rule can say, such as one field against another.
//
//	received <= amount
//	kind != "failed" || failureCode != null
//	lines.all(l, l.quantity > 0) && lines.size() < 100
//
// A record's fields are the expression's variables, with the types of the contract's schema, so that a field that is
// not there and a comparison of two types that do not fit are found when the contract is checked:
//
//	boolean bool; int, long int; float, double, decimal double; string, enum, uuid string; bytes, fixed bytes;
//	date, timestamp-*, local-timestamp-* timestamp (in UTC); time-* duration, since midnight; array list; map map;
//	record its fields; a union with null also null; any other union dyn
//
// Decimals are rounded to doubles: demand of them what leaves room for that, or use a built-in rule. An expression
// that cannot be evaluated for a record, such as one that compares null, does not hold: ask for null first. What an
// evaluation may cost is bounded.
//
// This is the only package that knows the library.
package cel
