package deadletter

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Letter is one dead letter.
type Letter struct {
	// At is where the letter itself stands.
	At Coordinates
	// Origin is where the rejected record stood when it was first read: its identity. A letter that does not say is
	// its own origin.
	Origin Coordinates
	// Published is the rejected record's Kafka timestamp; zero when the letter does not say.
	Published time.Time
	// RejectedAt is the letter's own Kafka timestamp.
	RejectedAt time.Time
	// DataProduct rejected it; empty when the letter does not say.
	DataProduct string

	Reason  fault.Reason
	Rule    string // the contract's rule, where one was broken
	Field   string // the path of the field to blame, where there is one
	Message string // one sentence; the runtime's never hold a field's value, another system's may

	// SchemaID is the writer's schema; 0 when the frame had none that could be read.
	SchemaID int
	// Attempt is how often the record had been replayed when it was rejected.
	Attempt int
	// Replay is how it was sent back; nil where it was not. Only List fills it in.
	Replay *Replay

	// Key, Value and Headers are the rejected record's, byte for byte.
	Key, Value []byte
	Headers    []kafka.Header
	// Cut says that the letter's topic had no room for the value, and perhaps not for the key and the headers; nil where the
	// letter is whole. The record itself is at Origin, as long as its topic keeps it.
	Cut *Cut
}

// Cut is what stands for a value.
type Cut struct {
	Digest string // sha256:<hex>
	Bytes  int    // the value's length
}

func cutOf(says said) *Cut {
	digest := says.first(event.HeaderCutDigest)
	if digest == "" {
		return nil
	}
	return &Cut{Digest: digest, Bytes: int(says.number(event.HeaderCutBytes))}
}

// Foreign says that another system wrote the letter: its message may quote the record.
func (l *Letter) Foreign() bool { return l.DataProduct == "" }

// Parse reads a record of a dead letter topic. It takes letters of the runtime, of Kafka Streams (KIP-1034) and of
// Spring Kafka; in any other record, every header is the record's own and the reason is empty. It never fails, since
// a letter that nobody can show would be lost.
func Parse(r *kafka.Record) *Letter {
	l := &Letter{
		At:         Coordinates{r.Topic, r.Partition, r.Offset},
		RejectedAt: r.Timestamp,
		Key:        r.Key,
		Value:      r.Value,
	}
	own, says := split(r.Headers)
	l.Headers = own
	l.Reason = fault.Reason(says.first(event.HeaderReason, event.HeaderStreamsException, springException))
	l.Rule = says.first(event.HeaderRule)
	l.Field = says.first(event.HeaderField)
	l.Message = says.first(event.HeaderMessage, event.HeaderStreamsMessage, springMessage)
	l.DataProduct = says.first(event.HeaderDataProduct)
	if id, _, ok := avro.SplitFrame(r.Value); ok {
		l.SchemaID = id
	}
	if l.Cut = cutOf(says); l.Cut != nil {
		l.SchemaID = int(says.number(event.HeaderSchemaID))
	}
	l.Attempt = int(says.number(event.HeaderAttempt))
	if ms := says.number(event.HeaderTimestamp, springTimestamp); ms > 0 {
		l.Published = time.UnixMilli(ms).UTC()
	}
	l.Origin = l.At
	if topic := says.first(event.HeaderTopic, event.HeaderStreamsTopic, springTopic); topic != "" {
		l.Origin = Coordinates{
			Topic:     topic,
			Partition: int32(says.number(event.HeaderPartition, event.HeaderStreamsPartition, springPartition)),
			Offset:    says.number(event.HeaderOffset, event.HeaderStreamsOffset, springOffset),
		}
	}
	return l
}

// Headers of Spring Kafka's DeadLetterPublishingRecoverer. Numbers are big endian: a partition has four bytes, an
// offset and a timestamp eight.
const (
	springPrefix    = "kafka_dlt-"
	springTopic     = "kafka_dlt-original-topic"
	springPartition = "kafka_dlt-original-partition"
	springOffset    = "kafka_dlt-original-offset"
	springTimestamp = "kafka_dlt-original-timestamp"
	springException = "kafka_dlt-exception-fqcn"
	springMessage   = "kafka_dlt-exception-message"
)

// split takes a letter's headers apart into the rejected record's own and those that speak of the rejection. The
// runtime adds its headers at the end, the reason first: what stands before that is the record's own, whatever its name,
// but for the identity that a replay gave it. Another system's headers are known by their names alone.
func split(headers []kafka.Header) (own []kafka.Header, about said) {
	for i := len(headers) - 1; i >= 0 && (ours(headers[i]) || streams(headers[i])); i-- {
		if headers[i].Key == event.HeaderReason {
			return slices.Clip(withoutIdentity(headers[:i])), said(headers[i:])
		}
	}
	for _, h := range headers {
		if streams(h) || strings.HasPrefix(h.Key, springPrefix) {
			about = append(about, h)
		} else {
			own = append(own, h)
		}
	}
	return own, about
}

func ours(h kafka.Header) bool    { return strings.HasPrefix(h.Key, "tidemark.") }
func streams(h kafka.Header) bool { return strings.HasPrefix(h.Key, "__streams.errors.") }

// identity is what a replay adds, in this order.
var identity = []string{event.HeaderTopic, event.HeaderPartition, event.HeaderOffset, event.HeaderTimestamp, event.HeaderAttempt}

func withoutIdentity(headers []kafka.Header) []kafka.Header {
	n := len(headers) - len(identity)
	if n < 0 {
		return headers
	}
	for i, name := range identity {
		if headers[n+i].Key != name {
			return headers
		}
	}
	return withoutIdentity(headers[:n])
}

// said looks headers up by name; the last of a name speaks.
type said []kafka.Header

func (s said) raw(name string) ([]byte, bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].Key == name {
			return s[i].Value, true
		}
	}
	return nil, false
}

// first gives the first of the names that is there.
func (s said) first(names ...string) string {
	for _, name := range names {
		if value, ok := s.raw(name); ok {
			return string(value)
		}
	}
	return ""
}

// number is first for a number: decimal text, or Spring's bytes. What is no number counts as absent.
func (s said) number(names ...string) int64 {
	for _, name := range names {
		value, ok := s.raw(name)
		if !ok {
			continue
		}
		if strings.HasPrefix(name, springPrefix) {
			switch len(value) {
			case 4:
				return int64(binary.BigEndian.Uint32(value))
			case 8:
				return int64(binary.BigEndian.Uint64(value))
			}
			continue
		}
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			return n
		}
	}
	return 0
}
