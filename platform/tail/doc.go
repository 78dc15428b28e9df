// Package tail shows people what is on a topic: records decoded by the schema that wrote them, with what the contract
// classifies hidden. It reads as any Kafka client may, without a consumer group, and commits nothing. A record that
// cannot be decoded is shown as such, with the reason that a data product would reject it for.
//
//	line.go    one record for a person, and how it is made
//	from.go    where to begin
//	tail.go    the records of a topic
package tail
