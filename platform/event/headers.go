package event

// Headers of a dead letter and of a replayed record. The __streams.errors.* names are KIP-1034's, so that
// tools which know Kafka Streams' dead letters read ours. Offsets, partitions and ids are decimal text.
const (
	HeaderReason      = "tidemark.reason"  // the fault.Reason
	HeaderRule        = "tidemark.rule"    // the contract's rule, where one was broken
	HeaderField       = "tidemark.field"   // the field's path, never its value
	HeaderMessage     = "tidemark.message" // one sentence, without field values
	HeaderTopic       = "tidemark.topic"   // original coordinates: a record's identity
	HeaderPartition   = "tidemark.partition"
	HeaderOffset      = "tidemark.offset"
	HeaderTimestamp   = "tidemark.timestamp"    // the original Kafka timestamp, milliseconds
	HeaderSchemaID    = "tidemark.schema-id"    // absent where the frame has none
	HeaderDataProduct = "tidemark.data-product" // the data product that rejected
	HeaderAttempt     = "tidemark.attempt"      // 0 for the first rejection; a replay adds one
	HeaderCutDigest   = "tidemark.cut-digest"   // sha256:<hex> of the value that the letter has no room for
	HeaderCutBytes    = "tidemark.cut-bytes"    // how long that is

	HeaderStreamsException = "__streams.errors.exception"
	HeaderStreamsMessage   = "__streams.errors.message"
	HeaderStreamsTopic     = "__streams.errors.topic"
	HeaderStreamsPartition = "__streams.errors.partition"
	HeaderStreamsOffset    = "__streams.errors.offset"
)

// CloudEvents 1.0.2, Kafka binding, binary mode.
const (
	HeaderCESpecVersion = "ce_specversion"
	HeaderCEID          = "ce_id"
	HeaderCESource      = "ce_source"
	HeaderCEType        = "ce_type"
	HeaderCETime        = "ce_time"
	HeaderCESubject     = "ce_subject"
	HeaderCEDataSchema  = "ce_dataschema"
	HeaderContentType   = "content-type"
)
