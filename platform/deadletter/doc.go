// Package deadletter reads what data products set aside, and sends it back.
//
// A dead letter is a rejected record, byte for byte, in the topic <domain>.<product>.dlq, with headers that say why
// and where it came from. Its identity is the coordinates of the record that was rejected: a record that is
// rejected again after a replay gives a second letter with the same identity and a higher attempt, and only the
// newest letter of a record speaks for it. A letter that its topic has no room for stands without the value: then the
// record is read from where it was.
//
//	letter.go   what a dead letter says, parsed from its headers
//	coords.go   coordinates: topic/partition/offset
//	queue.go    finding letters
//	page.go     the same, page by page, newest first
//	fate.go     what became of those that were sent back
//	cut.go      the records of letters without a value
//	replay.go   sending them back to <domain>.<product>.retry
package deadletter
