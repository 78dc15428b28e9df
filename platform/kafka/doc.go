// Package kafka is the only door to Kafka: no other package imports the client library. It offers what
// Tidemark needs and no more.
//
//	Config      where the brokers are; every constructor takes it
//	Admin       topics, offsets and groups
//	Producer    idempotent writes
//	TxProducer  writes and a checkpoint, all or nothing
//	Reader      reads topics without a group
//	GroupReader reads topics as a group, at-least-once, record by record
//	Session     one member of a group that consumes, produces and commits, in transactions (or at-least-once) of several Slots
//
// Every reader reads committed records only unless it is told otherwise. Errors carry a fault.Kind where the
// broker's answer tells whose fault it is; see Classify.
package kafka
