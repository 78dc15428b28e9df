package dataproduct

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// deadLetter sets a rejected record aside: key, value and headers byte for byte, and why it was rejected.
// Nothing in it is checked against a schema, and nothing is cut.
func (r *runner) deadLetter(it *item, rejected *fault.Rejection) *kafka.Record {
	headers := it.record.Headers
	if it.attempt > 0 {
		headers = original(headers)
	}
	headers = append(make([]kafka.Header, 0, len(headers)+16), headers...)
	put := func(name, value string) {
		if value != "" {
			headers = append(headers, kafka.Header{Key: name, Value: []byte(value)})
		}
	}
	partition, offset := strconv.Itoa(int(it.origin.partition)), strconv.FormatInt(it.origin.offset, 10)
	put(event.HeaderReason, string(rejected.Reason))
	put(event.HeaderRule, rejected.Rule)
	put(event.HeaderField, rejected.Field)
	put(event.HeaderMessage, rejected.Message)
	put(event.HeaderTopic, it.origin.topic)
	put(event.HeaderPartition, partition)
	put(event.HeaderOffset, offset)
	put(event.HeaderTimestamp, strconv.FormatInt(publishedAt(it).UnixMilli(), 10))
	if it.id > 0 {
		put(event.HeaderSchemaID, strconv.Itoa(it.id))
	}
	put(event.HeaderDataProduct, r.plan.ID())
	put(event.HeaderAttempt, strconv.Itoa(it.attempt))
	put(event.HeaderStreamsException, string(rejected.Reason))
	put(event.HeaderStreamsMessage, rejected.Message)
	put(event.HeaderStreamsTopic, it.origin.topic)
	put(event.HeaderStreamsPartition, partition)
	put(event.HeaderStreamsOffset, offset)
	return &kafka.Record{Topic: r.plan.dlq, Key: it.record.Key, Value: it.record.Value, Headers: headers}
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

// publishedAt is when the record was first published, also for a replay.
func publishedAt(it *item) time.Time {
	if it.attempt > 0 {
		if ms, err := strconv.ParseInt(header(it.record, event.HeaderTimestamp), 10, 64); err == nil {
			return time.UnixMilli(ms)
		}
	}
	return it.record.Timestamp
}
