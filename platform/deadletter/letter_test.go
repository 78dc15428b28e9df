package deadletter

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func h(pairs ...string) []kafka.Header {
	var hs []kafka.Header
	for i := 0; i < len(pairs); i += 2 {
		hs = append(hs, kafka.Header{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return hs
}

// rejection is what the runtime adds, in its order.
func rejection(reason, topic, partition, offset, attempt string) []kafka.Header {
	return h(event.HeaderReason, reason, event.HeaderRule, "sales.minimum", event.HeaderField, "sales",
		event.HeaderMessage, "sales is below 0", event.HeaderTopic, topic, event.HeaderPartition, partition,
		event.HeaderOffset, offset, event.HeaderTimestamp, "1700000000123", event.HeaderSchemaID, "7",
		event.HeaderDataProduct, "orders.orders", event.HeaderAttempt, attempt,
		event.HeaderStreamsException, reason, event.HeaderStreamsMessage, "sales is below 0",
		event.HeaderStreamsTopic, topic, event.HeaderStreamsPartition, partition, event.HeaderStreamsOffset, offset)
}

func letter(headers ...[]kafka.Header) *Letter {
	r := &kafka.Record{
		Topic: "orders.orders.dlq", Partition: 1, Offset: 9, Timestamp: time.UnixMilli(1700000009000),
		Key: []byte("k"), Value: []byte{0, 0, 0, 0, 7, 1, 2},
	}
	for _, hs := range headers {
		r.Headers = append(r.Headers, hs...)
	}
	return Parse(r)
}

func TestParseOfTheRuntime(t *testing.T) {
	own := h("traceparent", "00-1", "tidemark.note", "the record's own", "traceparent", "00-2")
	l := letter(own, rejection("rule.broken", "orders.checkout.placed.v1", "2", "41", "0"))
	want := &Letter{
		At:         Coordinates{"orders.orders.dlq", 1, 9},
		Origin:     Coordinates{"orders.checkout.placed.v1", 2, 41},
		Published:  time.UnixMilli(1700000000123).UTC(),
		RejectedAt: time.UnixMilli(1700000009000),
		Reason:     "rule.broken", Rule: "sales.minimum", Field: "sales", Message: "sales is below 0",
		DataProduct: "orders.orders", SchemaID: 7,
		Key: []byte("k"), Value: []byte{0, 0, 0, 0, 7, 1, 2}, Headers: own,
	}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
	if l.Foreign() {
		t.Error("the runtime's letter is foreign")
	}
}

func TestParseOfAReplayThatWasRejectedAgain(t *testing.T) {
	own := h("a", "1")
	replayed := h(event.HeaderTopic, "t", event.HeaderPartition, "0", event.HeaderOffset, "5",
		event.HeaderTimestamp, "1700000000123", event.HeaderAttempt, "1")
	l := letter(own, replayed, rejection("frame.bad", "t", "0", "5", "1"))
	if !reflect.DeepEqual(l.Headers, own) {
		t.Errorf("headers %v, want %v", l.Headers, own)
	}
	if l.Attempt != 1 || l.Origin != (Coordinates{"t", 0, 5}) {
		t.Errorf("attempt %d of %v", l.Attempt, l.Origin)
	}
}

func TestParseOfKafkaStreams(t *testing.T) {
	own := h("a", "1")
	l := letter(own, h("__streams.errors.exception", "org.apache.kafka.X", "__streams.errors.message", "no",
		"__streams.errors.stacktrace", "at ...", "__streams.errors.topic", "in", "__streams.errors.partition", "3", "__streams.errors.offset", "77"))
	if l.Reason != "org.apache.kafka.X" || l.Message != "no" || l.Origin != (Coordinates{"in", 3, 77}) || !l.Foreign() {
		t.Errorf("got %+v", l)
	}
	if !reflect.DeepEqual(l.Headers, own) {
		t.Errorf("headers %v, want %v", l.Headers, own)
	}
}

func TestParseOfSpring(t *testing.T) {
	l := letter(h("kafka_dlt-original-topic", "in", "kafka_dlt-original-partition", "\x00\x00\x00\x03",
		"kafka_dlt-original-offset", "\x00\x00\x00\x00\x00\x00\x01\x00",
		"kafka_dlt-original-timestamp", "\x00\x00\x01\x8b\xcf\xe5\x68\x7b",
		"kafka_dlt-exception-fqcn", "java.lang.X", "kafka_dlt-exception-message", "no", "b", "2"))
	if l.Reason != "java.lang.X" || l.Origin != (Coordinates{"in", 3, 256}) || !l.Published.Equal(time.UnixMilli(1700000000123)) {
		t.Errorf("got %+v", l)
	}
	if want := h("b", "2"); !reflect.DeepEqual(l.Headers, want) {
		t.Errorf("headers %v, want %v", l.Headers, want)
	}
}

// A record that nobody explains is still a letter, and its own origin.
func TestParseOfAnyRecord(t *testing.T) {
	l := letter(h("a", "1"))
	if l.Origin != l.At || l.Reason != "" || !l.Published.IsZero() || len(l.Headers) != 1 {
		t.Errorf("got %+v", l)
	}
}

func TestCoordinates(t *testing.T) {
	c := Coordinates{"orders.checkout.placed.v1", 2, 41}
	if got, err := ParseCoordinates(c.String()); err != nil || got != c {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "a", "a/1", "/1/2", "a/x/1", "a/1/x", "a/-1/2", "a/1/-2", "a/1/2/3", "a/99999999999/1"} {
		if got, err := ParseCoordinates(bad); err == nil {
			t.Errorf("%q gave %v", bad, got)
		}
	}
}

func TestFilter(t *testing.T) {
	l := letter(rejection("output.rule.broken", "t", "0", "5", "0"))
	at := l.RejectedAt
	for name, c := range map[string]struct {
		f     Filter
		takes bool
	}{
		"everything":        {Filter{}, true},
		"the reason":        {Filter{Reasons: []fault.Reason{"output.rule.broken"}}, true},
		"a part of it":      {Filter{Reasons: []fault.Reason{"frame", "output"}}, true},
		"no part of it":     {Filter{Reasons: []fault.Reason{"out"}}, false},
		"another rule":      {Filter{Rule: "x"}, false},
		"the rule":          {Filter{Rule: "sales.minimum"}, true},
		"since then":        {Filter{Since: at}, true},
		"since later":       {Filter{Since: at.Add(1)}, false},
		"until then":        {Filter{Until: at}, false},
		"until later":       {Filter{Until: at.Add(1)}, true},
		"its record":        {Filter{Origins: []Coordinates{{"t", 0, 5}}}, true},
		"another record":    {Filter{Origins: []Coordinates{{"t", 1, 5}}}, false},
		"reason, not since": {Filter{Reasons: []fault.Reason{"output"}, Since: at.Add(1)}, false},
	} {
		if got := c.f.Takes(l); got != c.takes {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("tidemark.partition", []byte("x"), []byte{0, 0, 0, 0, 1})
	f.Add("kafka_dlt-original-offset", []byte("123"), []byte{})
	f.Fuzz(func(t *testing.T, name string, header, value []byte) {
		r := &kafka.Record{Topic: "t", Value: value, Headers: append(h("own", "1", name, string(header)), rejection("x", "t", "0", "1", "0")...)}
		l := Parse(r)
		if !bytes.Equal(l.Value, value) {
			t.Error("the value changed")
		}
		if len(l.Headers) != 2 || l.Headers[1].Key != name || !bytes.Equal(l.Headers[1].Value, header) {
			t.Errorf("headers %v lost the record's own %q", l.Headers, name)
		}
	})
}
