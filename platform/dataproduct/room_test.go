package dataproduct_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// A dead letter topic that somebody else made, for small records, ends nothing: letters that do not fit stand without their
// values, the others are whole, and a replay sends the records themselves.
func TestLettersThatDoNotFit(t *testing.T) {
	const limit = 20_000
	b := newBench(t, till(), receiptsFiles(testFilter))
	if err := b.Admin.EnsureTopics(b.Context(), kafka.Topic{Name: "shop.receipts.dlq", Config: map[string]string{"max.message.bytes": strconv.Itoa(limit)}}); err != nil {
		t.Fatal(err)
	}
	const garbage = "this is no frame "
	large := &kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("large"), Value: random(500_000), Headers: []kafka.Header{{Key: "own", Value: []byte("header")}}}
	kafka.Pin(large, 0)
	records := []*kafka.Record{large, b.sale(0, Sale{ID: "good", Cents: 1})}
	for i := range 400 { // together larger than the topic takes at once
		small := &kafka.Record{Topic: "shop.till.sales.v1", Key: []byte("small"), Value: append([]byte(fmt.Sprint(garbage, i)), random(1000)...)}
		kafka.Pin(small, 0)
		records = append(records, small)
	}
	b.Write(records...)
	r := b.Run(b.config("one"), receipts())
	b.Read("shop.receipts.receipts.v1", 1)
	whole := 0
	for _, letter := range b.Read("shop.receipts.dlq", 401) {
		l := deadletter.Parse(letter)
		if l.Reason != fault.FrameBad || l.Origin.Topic != "shop.till.sales.v1" {
			t.Fatalf("%+v", l)
		}
		if l.Cut == nil {
			whole++
			if !strings.HasPrefix(string(l.Value), garbage) {
				t.Errorf("the letter of %s is not its record", l.Origin)
			}
			continue
		}
		sum := sha256.Sum256(large.Value)
		if l.Cut.Digest != "sha256:"+hex.EncodeToString(sum[:]) || l.Cut.Bytes != len(large.Value) || l.Value != nil || string(l.Key) != "large" || len(l.Headers) != 1 {
			t.Errorf("%+v stands for the large record: %+v", l, l.Cut)
		}
	}
	if whole != 400 {
		t.Errorf("%d letters are whole, 400 fit", whole)
	}
	b.InState(r, "shop.receipts", lifecycle.Running)

	q := deadletter.Open(b.Kafka, "shop.receipts")
	replayed, err := q.Replay(b.Context(), deadletter.ReplayOptions{Filter: deadletter.Filter{Origins: []deadletter.Coordinates{{Topic: "shop.till.sales.v1", Partition: 0, Offset: 0}}}})
	if err != nil || replayed.Sent != 1 || replayed.Gone != 0 {
		t.Fatalf("%+v, %v", replayed, err)
	}
	sent := b.Read("shop.receipts.retry", 1)[0]
	if string(sent.Value) != string(large.Value) || string(sent.Key) != "large" || header(sent, "own") != "header" || header(sent, event.HeaderAttempt) != "1" {
		t.Errorf("%s, %d bytes, were sent back", sent.Key, len(sent.Value))
	}
	again := deadletter.Parse(b.Read("shop.receipts.dlq", 402)[401])
	if again.Attempt != 1 || again.Cut == nil || again.Origin.Offset != 0 {
		t.Errorf("the replay was rejected as %+v", again)
	}
}

// random is what no compression makes smaller.
func random(n int) []byte {
	out := make([]byte, 0, n+sha256.Size)
	for i := 0; len(out) < n; i++ {
		sum := sha256.Sum256([]byte(strconv.Itoa(i)))
		out = append(out, sum[:]...)
	}
	out[0] = 0xff
	return out[:n]
}
