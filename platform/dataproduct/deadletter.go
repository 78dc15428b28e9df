package dataproduct

import (
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// deadLetter sets a rejected record aside: key, value and headers byte for byte, and why it was rejected.
// Nothing in it is checked against a schema, and nothing is cut but what the topic has no room for. It is the record that came, with headers put behind its
// own: what they have in common with those of other records that are rejected alike is rendered once.
func (r *runner) deadLetter(p *partition, it *item, rejected *fault.Rejection) *kafka.Record {
	own := it.record.Headers
	if it.attempt > 0 {
		own = original(own)
	}
	like := p.letters.like(r, it, rejected)
	headers := append(append(r.space.headers(len(own)+len(like.headers)), own...), like.headers...)
	added := headers[len(own):]
	offset := strconv.AppendInt(r.space.room(20), it.origin.offset, 10)
	added[like.offset].Value, added[like.streamsOffset].Value = offset, offset
	added[like.timestamp].Value = strconv.AppendInt(r.space.room(20), publishedAt(it), 10)
	rec := it.record
	rec.Topic, rec.Headers, rec.Partition, rec.ProducerEpoch = r.plan.dlq, headers, 0, 0
	return r.room.fit(rec, len(added))
}

// letters are the headers of the dead letters of one partition, by what they have in common.
type letters map[alike]*letter

type alike struct {
	fault.Rejection
	schema, attempt int
	of              topicPartition
}

type topicPartition struct {
	topic     string
	partition int32
}

// letter has headers that are rendered, and where among them those are that each record has of its own.
type letter struct {
	headers                          []kafka.Header
	offset, timestamp, streamsOffset int
}

// lettersKept bounds the letters: some messages say where in the record something was wrong.
const lettersKept = 64

func (l *letters) like(r *runner, it *item, rejected *fault.Rejection) *letter {
	key := alike{*rejected, it.id, it.attempt, topicPartition{it.origin.topic, it.origin.partition}}
	if known := (*l)[key]; known != nil {
		return known
	}
	if *l == nil || len(*l) >= lettersKept {
		*l = make(letters)
	}
	made := newLetter(r.plan.ID(), it, rejected)
	(*l)[key] = made
	return made
}

func newLetter(dataProduct string, it *item, rejected *fault.Rejection) *letter {
	l := &letter{}
	put := func(name, value string) {
		if value != "" {
			l.headers = append(l.headers, kafka.Header{Key: name, Value: []byte(value)})
		}
	}
	later := func(name string) int {
		l.headers = append(l.headers, kafka.Header{Key: name})
		return len(l.headers) - 1
	}
	partition := strconv.Itoa(int(it.origin.partition))
	put(event.HeaderReason, string(rejected.Reason))
	put(event.HeaderRule, rejected.Rule)
	put(event.HeaderField, rejected.Field)
	put(event.HeaderMessage, rejected.Message)
	put(event.HeaderTopic, it.origin.topic)
	put(event.HeaderPartition, partition)
	l.offset = later(event.HeaderOffset)
	l.timestamp = later(event.HeaderTimestamp)
	if it.id > 0 {
		put(event.HeaderSchemaID, strconv.Itoa(it.id))
	}
	put(event.HeaderDataProduct, dataProduct)
	put(event.HeaderAttempt, strconv.Itoa(it.attempt))
	put(event.HeaderStreamsException, string(rejected.Reason))
	put(event.HeaderStreamsMessage, rejected.Message)
	put(event.HeaderStreamsTopic, it.origin.topic)
	put(event.HeaderStreamsPartition, partition)
	l.streamsOffset = later(event.HeaderStreamsOffset)
	return l
}

// original are a record's headers without those that an earlier rejection of it added.
func original(headers []kafka.Header) []kafka.Header {
	ours := func(h kafka.Header) bool {
		return strings.HasPrefix(h.Key, "tidemark.") || strings.HasPrefix(h.Key, "__streams.errors.")
	}
	for i, h := range headers {
		if !ours(h) {
			continue
		}
		kept := append([]kafka.Header(nil), headers[:i]...)
		for _, h := range headers[i:] {
			if !ours(h) {
				kept = append(kept, h)
			}
		}
		return kept
	}
	return headers
}

// publishedAt is when the record was first published, also for a replay, in Unix milliseconds.
func publishedAt(it *item) int64 {
	if it.attempt > 0 {
		if ms, err := strconv.ParseInt(header(it.record, event.HeaderTimestamp), 10, 64); err == nil {
			return ms
		}
	}
	return it.stand.published
}
