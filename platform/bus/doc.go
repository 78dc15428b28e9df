// Package bus carries the control plane's events: Watermill's Publisher and Subscriber over platform/kafka, and
// Control, which sends the typed events of platform/event.
//
//	Publisher   messages to records; returns when all in-sync replicas hold them
//	Subscriber  records to messages: with a group at-least-once, without one every partition from the beginning
//	Control     typed events, encoded as their contracts say, from a bounded queue that never blocks the sender
//	Codec       reads them back: the walker checks the bytes before anything is decoded
//
// A message's metadata are the record's headers, in both directions, but for the Metadata* names, which stand for the
// record's key and coordinates. Per partition, a message is delivered only after the one before it was acknowledged;
// one that is refused (Nack) comes again, later and later. Different partitions go on side by side.
//
// Control events never block data: what does not fit the queue is dropped and counted.
package bus
