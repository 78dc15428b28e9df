package deadletter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

const (
	product = "orders.orders"
	input   = "orders.checkout.placed.v1"
)

func broker(t *testing.T) kafka.Config {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, Topic(product), RetryTopic(product)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return kafka.Config{Brokers: cluster.ListenAddrs()}
}

// reject writes a dead letter of offset of the input's partition 0, at a minute after the epoch of the test.
func reject(t *testing.T, cfg kafka.Config, offset, attempt, minute int, reason string) {
	t.Helper()
	headers := append(h("traceparent", "00-"+strconv.Itoa(offset)), rejection(reason, input, "0", strconv.Itoa(offset), strconv.Itoa(attempt))...)
	r := &kafka.Record{
		Topic: Topic(product), Key: []byte(fmt.Sprintf("key-%d", offset)), Value: []byte{0xff, byte(offset)},
		Headers: headers, Timestamp: at(minute),
	}
	kafka.Pin(r, int32(offset%2))
	p, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func at(minute int) time.Time {
	return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
}

func offsets(letters []*Letter) []int64 {
	var offsets []int64
	for _, l := range letters {
		offsets = append(offsets, l.Origin.Offset)
	}
	return offsets
}

func TestList(t *testing.T) {
	cfg := broker(t)
	for i := range 7 {
		reject(t, cfg, i, 0, i, []string{"rule.broken", "frame.bad"}[i%2])
	}
	q := Open(cfg, product)
	for name, c := range map[string]struct {
		filter Filter
		limit  int
		want   []int64
		more   bool
		counts Counts
	}{
		"all, newest first": {Filter{}, 10, []int64{6, 5, 4, 3, 2, 1, 0}, false, Counts{"rule.broken": 4, "frame.bad": 3}},
		"the newest two":    {Filter{}, 2, []int64{6, 5}, true, Counts{"rule.broken": 4, "frame.bad": 3}},
		"of a reason":       {Filter{Reasons: []fault.Reason{"frame"}}, 10, []int64{5, 3, 1}, false, Counts{"frame.bad": 3}},
		"of a while":        {Filter{Since: at(2), Until: at(4)}, 10, []int64{3, 2}, false, Counts{"rule.broken": 1, "frame.bad": 1}},
		"none":              {Filter{Since: at(60)}, 10, nil, false, Counts{}},
	} {
		page, err := q.List(t.Context(), c.filter, c.limit, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := offsets(page.Letters); !reflect.DeepEqual(got, c.want) || (page.Next != "") != c.more {
			t.Errorf("%s: got %v, more at %q, want %v", name, got, page.Next, c.want)
		}
		counts, err := q.Count(t.Context(), c.filter)
		if err != nil || !reflect.DeepEqual(counts, c.counts) {
			t.Errorf("%s: counts %v, %v, want %v", name, counts, err, c.counts)
		}
	}
}

func TestPagesHoldEveryLetterOnce(t *testing.T) {
	cfg := broker(t)
	for i := range 7 {
		reject(t, cfg, i, 0, i, "rule.broken")
	}
	q := Open(cfg, product)
	var got []int64
	var from Cursor
	for pages := 1; ; pages++ {
		page, err := q.List(t.Context(), Filter{}, 3, from)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, offsets(page.Letters)...)
		if page.Next == "" || pages > 7 {
			break
		}
		if from == "" {
			reject(t, cfg, 8, 0, 8, "rule.broken") // comes too late for these pages
		}
		from = page.Next
	}
	if want := []int64{6, 5, 4, 3, 2, 1, 0}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, bad := range []Cursor{"x", "0", "0:x", "9:1", "0:1,"} {
		if _, err := q.List(t.Context(), Filter{}, 3, bad); !errors.As(err, new(*BadCursorError)) {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}

func TestCounts(t *testing.T) {
	c := Counts{"b": 2, "a": 2, "c": 5}
	if got := c.Reasons(); !reflect.DeepEqual(got, []fault.Reason{"c", "a", "b"}) || c.Total() != 9 {
		t.Errorf("%v, %d", got, c.Total())
	}
}

// A record that was asked for by name and has no letter is an error, and then nothing is sent.
func TestReplayOfARecordWithoutALetter(t *testing.T) {
	cfg := broker(t)
	reject(t, cfg, 4, 0, 0, "rule.broken")
	for _, dry := range []bool{true, false} {
		out, err := Open(cfg, product).Replay(t.Context(), ReplayOptions{
			Filter: Filter{Origins: []Coordinates{{input, 0, 4}, {input, 0, 99}}}, DryRun: dry,
		})
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), input+"/0/99") || out.Sent != 0 {
			t.Errorf("got %+v, %v", out, err)
		}
	}
}

func TestShow(t *testing.T) {
	cfg := broker(t)
	reject(t, cfg, 4, 0, 0, "rule.broken")
	reject(t, cfg, 5, 0, 1, "frame.bad")
	reject(t, cfg, 4, 1, 2, "transform.no-lines")
	q := Open(cfg, product)
	letters, err := q.Show(t.Context(), Coordinates{input, 0, 4})
	if err != nil || len(letters) != 2 || letters[0].Attempt != 0 || letters[1].Attempt != 1 {
		t.Fatalf("got %v, %v", letters, err)
	}
	one, err := q.Show(t.Context(), letters[1].At)
	if err != nil || len(one) != 1 || one[0].Reason != "transform.no-lines" {
		t.Errorf("by the letter's own coordinates: %v, %v", one, err)
	}
	for _, c := range []Coordinates{{input, 0, 99}, {Topic(product), 0, 99}, {Topic(product), 7, 0}} {
		if _, err := q.Show(t.Context(), c); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "tidemark dlq list") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestADataProductWithoutDeadLetterTopic(t *testing.T) {
	cfg := broker(t)
	_, err := Open(cfg, "no.such").List(t.Context(), Filter{}, 1, "")
	if !errors.Is(err, kafka.ErrUnknownTopic) || !strings.Contains(err.Error(), "no.such.dlq") {
		t.Errorf("got %v", err)
	}
	_, err = Open(cfg, "no.such").Replay(t.Context(), ReplayOptions{})
	if !errors.Is(err, kafka.ErrUnknownTopic) {
		t.Errorf("got %v", err)
	}
}

// retried reads the retry topic back.
func retried(t *testing.T, cfg kafka.Config) map[int64]*kafka.Record {
	t.Helper()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ranges, err := scan.Bounds(t.Context(), admin, RetryTopic(product))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int64]*kafka.Record)
	for r, err := range scan.Records(t.Context(), cfg, ranges) {
		if err != nil {
			t.Fatal(err)
		}
		got[said(r.Headers).number(event.HeaderOffset)] = r
	}
	return got
}

func TestReplayKeepsEveryByte(t *testing.T) {
	cfg := broker(t)
	reject(t, cfg, 3, 2, 0, "rule.broken")
	var progress []int
	got, err := Open(cfg, product).Replay(t.Context(), ReplayOptions{Progress: func(done, _ int) { progress = append(progress, done) }})
	if err != nil {
		t.Fatal(err)
	}
	want := Replayed{Letters: 1, Matched: 1, Sent: 1, Reasons: Counts{"rule.broken": 1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(progress, []int{1}) {
		t.Errorf("progress %v", progress)
	}
	r := retried(t, cfg)[3]
	if r == nil || !bytes.Equal(r.Value, []byte{0xff, 3}) || string(r.Key) != "key-3" {
		t.Fatalf("got %+v", r)
	}
	headers := h("traceparent", "00-3", event.HeaderTopic, input, event.HeaderPartition, "0", event.HeaderOffset, "3",
		event.HeaderTimestamp, "1700000000123", event.HeaderAttempt, "3")
	if !reflect.DeepEqual(r.Headers, headers) {
		t.Errorf("headers %v, want %v", r.Headers, headers)
	}
}

func TestReplaySendsEachRecordOnce(t *testing.T) {
	cfg := broker(t)
	q := Open(cfg, product)
	reject(t, cfg, 0, 0, 0, "rule.broken")
	reject(t, cfg, 1, 0, 1, "frame.bad")
	reject(t, cfg, 2, 0, 2, "rule.broken")
	reject(t, cfg, 2, 1, 3, "transform.no-lines") // speaks for 2 now
	rules := ReplayOptions{Filter: Filter{Reasons: []fault.Reason{"rule.broken"}}}

	dry := rules
	dry.DryRun = true
	replay(t, q, dry, Replayed{Letters: 4, Superseded: 1, Refused: 2, Matched: 1, Reasons: Counts{"rule.broken": 1}, DryRun: true})
	if got := retried(t, cfg); len(got) != 0 {
		t.Errorf("a dry run sent %v", got)
	}
	replay(t, q, rules, Replayed{Letters: 4, Superseded: 1, Refused: 2, Matched: 1, Sent: 1, Reasons: Counts{"rule.broken": 1}})
	replay(t, q, rules, Replayed{Letters: 4, Superseded: 1, Refused: 2, AlreadySent: 1, Reasons: Counts{}})
	replay(t, q, ReplayOptions{}, Replayed{Letters: 4, Superseded: 1, AlreadySent: 1, Matched: 2, Sent: 2,
		Reasons: Counts{"frame.bad": 1, "transform.no-lines": 1}})
	got := retried(t, cfg)
	if len(got) != 3 || said(got[2].Headers).number(event.HeaderAttempt) != 2 {
		t.Errorf("got %v", got)
	}

	// Rejected once more, a record can be replayed once more.
	reject(t, cfg, 1, 1, 5, "frame.bad")
	replay(t, q, ReplayOptions{}, Replayed{Letters: 5, Superseded: 2, AlreadySent: 2, Matched: 1, Sent: 1, Reasons: Counts{"frame.bad": 1}})
}

func replay(t *testing.T, q *Queue, o ReplayOptions, want Replayed) {
	t.Helper()
	got, err := q.Replay(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReplayEndsWithItsContext(t *testing.T) {
	cfg := broker(t)
	reject(t, cfg, 0, 0, 0, "rule.broken")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := Open(cfg, product).Replay(ctx, ReplayOptions{})
	if !errors.Is(err, context.Canceled) || got.Sent != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
