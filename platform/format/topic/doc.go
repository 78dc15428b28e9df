// Package topic proposes a contract from what a topic holds: for a topic that is there already and that nobody has
// described.
//
//	Propose   reads a topic of a cluster and its subject, and proposes
//	Survey    the statistics alone, fed with records; pure
//
// What is read is counted and not kept: for each field how often it is null, its bounds, its length, a bounded sample
// of hashes that tells how many different values there are, and the values themselves only while there are few. So
// the memory is bounded by the schema, not by the topic.
//
// A proposal is for a person to correct. Whatever the schema does not say is a guess: it is named by a note among the
// findings, and where it stands in the contract it is marked, a field's guesses by a custom property "guess" that
// lists them. No guess refuses a record that the survey has seen. Fields that look personal by their name or
// format are classified as pii, and no value of theirs is written into the contract.
package topic
