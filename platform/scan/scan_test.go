package scan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

const topic = "shop.orders.placed.v1"

func broker(t *testing.T, partitions int32) kafka.Config {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return kafka.Config{Brokers: cluster.ListenAddrs()}
}

func bounds(t *testing.T, cfg kafka.Config) scan.Ranges {
	t.Helper()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ranges, err := scan.Bounds(t.Context(), admin, topic)
	if err != nil {
		t.Fatal(err)
	}
	return ranges
}

// read gives the values of the records in order of partition and offset, as "<partition>:<value>".
func read(t *testing.T, cfg kafka.Config, ranges scan.Ranges) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var values []string
	for r, err := range scan.Records(ctx, cfg, ranges) {
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, fmt.Sprintf("%d:%s", r.Partition, r.Value))
	}
	return values
}

func write(t *testing.T, cfg kafka.Config, partition int32, values ...string) {
	t.Helper()
	p, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(t.Context(), records(partition, values)...); err != nil {
		t.Fatal(err)
	}
}

func records(partition int32, values []string) []*kafka.Record {
	rs := make([]*kafka.Record, len(values))
	for i, v := range values {
		rs[i] = &kafka.Record{Topic: topic, Value: []byte(v)}
		kafka.Pin(rs[i], partition)
	}
	return rs
}

func TestEmptyTopicEndsAtOnce(t *testing.T) {
	cfg := broker(t, 3)
	if got := read(t, cfg, bounds(t, cfg)); len(got) != 0 {
		t.Errorf("got %v of an empty topic", got)
	}
}

func TestReadsToWhereTheTopicEnded(t *testing.T) {
	cfg := broker(t, 2)
	write(t, cfg, 0, "a", "b")
	write(t, cfg, 1, "c")
	ranges := bounds(t, cfg)
	write(t, cfg, 1, "later")
	got := read(t, cfg, ranges)
	if len(got) != 3 || !ordered(got, "0:a", "0:b") || !ordered(got, "1:c") {
		t.Errorf("got %v, want a, b and c", got)
	}
}

func TestReadsFromAnOffset(t *testing.T) {
	cfg := broker(t, 1)
	write(t, cfg, 0, "a", "b", "c", "d")
	got := read(t, cfg, scan.Ranges{{Topic: topic}: {From: 1, To: 3}})
	if !ordered(got, "0:b", "0:c") || len(got) != 2 {
		t.Errorf("got %v, want b and c", got)
	}
}

// The last offset of a committed transaction is its marker, which no reader sees.
func TestEndsBehindACommittedTransaction(t *testing.T) {
	cfg := broker(t, 1)
	transaction(t, cfg, true, "a", "b")
	if got := read(t, cfg, bounds(t, cfg)); !ordered(got, "0:a", "0:b") || len(got) != 2 {
		t.Errorf("got %v, want a and b", got)
	}
}

// The last offsets may hold nothing but an aborted transaction.
func TestEndsBehindAnAbortedTransaction(t *testing.T) {
	cfg := broker(t, 1)
	write(t, cfg, 0, "a")
	transaction(t, cfg, false, "x", "y")
	ranges := bounds(t, cfg)
	if end := ranges[kafka.TopicPartition{Topic: topic}].To; end != 4 {
		t.Fatalf("the topic ends at %d, want 4: a, x, y and a marker", end)
	}
	if got := read(t, cfg, ranges); len(got) != 1 || got[0] != "0:a" {
		t.Errorf("got %v, want only a", got)
	}
}

func TestContextEndsIt(t *testing.T) {
	cfg := broker(t, 1)
	write(t, cfg, 0, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range scan.Records(ctx, cfg, bounds(t, cfg)) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return
	}
	t.Error("ended without an error")
}

func TestUnknownTopic(t *testing.T) {
	cfg := broker(t, 1)
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := scan.Bounds(t.Context(), admin, "no.such.topic"); !errors.Is(err, kafka.ErrUnknownTopic) {
		t.Errorf("got %v", err)
	}
}

func transaction(t *testing.T, cfg kafka.Config, commit bool, values ...string) {
	t.Helper()
	p, err := kafka.NewTxProducer(cfg, "scan-test")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Begin(); err != nil {
		t.Fatal(err)
	}
	var arrived sync.WaitGroup
	for _, r := range records(0, values) {
		arrived.Add(1)
		p.Produce(t.Context(), r, func(*kafka.Record, error) { arrived.Done() })
	}
	arrived.Wait() // an abort drops what has not left yet, and here it must lie in the topic
	if commit {
		err = p.Commit(t.Context(), kafka.Checkpoint{})
	} else {
		err = p.Abort(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ordered says whether the wanted values come in this order, whatever stands between.
func ordered(got []string, want ...string) bool {
	for _, v := range got {
		if len(want) > 0 && v == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

func last(t *testing.T, cfg kafka.Config, n int, keep func(*kafka.Record) bool) map[int32]string {
	t.Helper()
	found, err := scan.Last(t.Context(), cfg, bounds(t, cfg), n, keep)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int32]string)
	for tp, records := range found {
		for _, r := range records {
			got[tp.Partition] += string(r.Value)
		}
	}
	return got
}

func TestLast(t *testing.T) {
	cfg := broker(t, 3)
	write(t, cfg, 0, strings.Split("abcdefghijklmnopqrstuvwxyz", "")...)
	write(t, cfg, 1, "a", "b")
	if got := last(t, cfg, 3, nil); got[0] != "xyz" || got[1] != "ab" || got[2] != "" {
		t.Errorf("last 3: %v", got)
	}
	// The window must widen to find these: two of twenty-six, at the front.
	early := func(r *kafka.Record) bool { return string(r.Value) < "c" }
	if got := last(t, cfg, 2, early); got[0] != "ab" || got[1] != "ab" {
		t.Errorf("last 2 of a and b: %v", got)
	}
	if got := last(t, cfg, 0, nil); len(got) != 0 {
		t.Errorf("last 0: %v", got)
	}
}
