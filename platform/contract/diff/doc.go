// Package diff says what a change of contracts means to those who rely on them. It compares two states of a tree of
// contracts, OLD and NEW, by what they promise, not by their text:
//
//	Parse      files -> Side
//	Compare    OLD, NEW -> Result: pairs of documents, each with its changes and a verdict
//	Rules      the table of every rule: class, who breaks, the version bump it needs, why, and the steps to take instead
//
// A change is breaking, risky or safe. What tightens a contract breaks producers, whose records may be refused now;
// what loosens it breaks consumers, who relied on what is no longer promised. What was deprecated in time may go. Verdicts
// (verdict.go) say what becomes of a change where changes are judged: whoever prints or refuses one goes by them.
//
// What is gone stands in OLD; Change.From is what NEW still has of it, for tools that annotate files. A rule's example is
// what its case in testdata/rules changes; the tests write examples.go from them.
//
// Two documents are a pair if they have the same id. Two contracts whose ids only one side has are a pair if they have the
// topic, the file or the output port in common, and two data products if they have the file, a contract, the name or their
// ports in common: another id is a change like any other, and hides none. A contract of a new
// major version (its id ends in the next number, and it has a topic of its own) is also compared with the one before it, to
// say what is new in it: there breaking changes are in order.
package diff
