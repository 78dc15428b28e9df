// Package asyncapi reads AsyncAPI 2.x and 3.x documents as contracts, and writes contracts as AsyncAPI 3.1.0 with the
// Kafka binding 0.5.0.
//
//	Import   a document -> one contract for each topic, with the Avro schema of its payload
//	Export   contracts -> a document: a channel, a message and an operation for each
//
// What only ODCS has is in the channel's extension x-odcs, and what only AsyncAPI has in customProperties that begin with
// asyncapi., so that both come back. References within the document are followed; nothing is ever fetched.
package asyncapi
