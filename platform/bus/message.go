package bus

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Metadata that are not headers. A subscriber sets all of them; a publisher reads the key and ignores the others,
// so that a message that was received can be sent on as it is.
const (
	// MetadataKey is the record's key; absent, the record has none.
	MetadataKey = "kafka.key"
	// MetadataPartition and MetadataOffset say where the record stands, in decimal.
	MetadataPartition = "kafka.partition"
	MetadataOffset    = "kafka.offset"
	// MetadataTimestamp is the record's timestamp, Unix milliseconds in decimal.
	MetadataTimestamp = "kafka.timestamp"
)

// HeaderMessageUUID carries a message's UUID, under the name that Watermill's own Kafka Pub/Sub uses. A CloudEvent
// whose id is the UUID goes without.
const HeaderMessageUUID = "_watermill_message_uuid"

// Coordinates say which record a message was.
type Coordinates struct {
	Partition int32
	Offset    int64
	Timestamp time.Time
}

// CoordinatesOf reads the coordinates of a message that a Subscriber gave; ok is false for any other.
func CoordinatesOf(m *message.Message) (at Coordinates, ok bool) {
	partition, err1 := strconv.ParseInt(m.Metadata.Get(MetadataPartition), 10, 32)
	offset, err2 := strconv.ParseInt(m.Metadata.Get(MetadataOffset), 10, 64)
	millis, err3 := strconv.ParseInt(m.Metadata.Get(MetadataTimestamp), 10, 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return Coordinates{}, false
	}
	return Coordinates{int32(partition), offset, time.UnixMilli(millis)}, true
}

// toRecord makes the record of a message. A message without a payload (nil) is a tombstone.
func toRecord(topic string, m *message.Message) *kafka.Record {
	r := &kafka.Record{Topic: topic, Value: m.Payload}
	if m.Metadata.Get(event.HeaderCEID) != m.UUID {
		r.Headers = append(r.Headers, kafka.Header{Key: HeaderMessageUUID, Value: []byte(m.UUID)})
	}
	for name, value := range m.Metadata {
		switch name {
		case MetadataKey:
			r.Key = []byte(value)
		case MetadataPartition, MetadataOffset, MetadataTimestamp, HeaderMessageUUID:
		default:
			r.Headers = append(r.Headers, kafka.Header{Key: name, Value: []byte(value)})
		}
	}
	slices.SortFunc(r.Headers, func(a, b kafka.Header) int { return strings.Compare(a.Key, b.Key) })
	return r
}

// toMessage makes the message of a record. A record that no bus wrote gets its coordinates as its UUID, so that
// it has the same one whenever it is read. Of a header that is there twice the last counts.
func toMessage(r *kafka.Record) *message.Message {
	metadata := make(message.Metadata, len(r.Headers)+4)
	for _, h := range r.Headers {
		metadata[h.Key] = string(h.Value)
	}
	uuid := metadata[HeaderMessageUUID]
	delete(metadata, HeaderMessageUUID)
	if uuid == "" {
		uuid = metadata[event.HeaderCEID]
	}
	if uuid == "" {
		uuid = fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)
	}
	delete(metadata, MetadataKey) // a header of that name is not the key
	if r.Key != nil {
		metadata[MetadataKey] = string(r.Key)
	}
	metadata[MetadataPartition] = strconv.Itoa(int(r.Partition))
	metadata[MetadataOffset] = strconv.FormatInt(r.Offset, 10)
	metadata[MetadataTimestamp] = strconv.FormatInt(r.Timestamp.UnixMilli(), 10)
	m := message.NewMessage(uuid, r.Value)
	m.Metadata = metadata
	return m
}
