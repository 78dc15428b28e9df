package kafka_test

import (
	"slices"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Records and checkpoint are one: a committed transaction shows both, an aborted one neither, and a fenced
// producer cannot commit.
func TestTxProducerCheckpoint(t *testing.T) {
	cfg := broker(t, "out")
	ctx := deadline(t)
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	tp := kafka.TopicPartition{Topic: "out"}
	checkpoint := func(text string) kafka.Checkpoint {
		return kafka.Checkpoint{Group: "g.checkpoint", Offsets: map[kafka.TopicPartition]kafka.Committed{tp: {Offset: 1, Metadata: text}}}
	}
	open := func() *kafka.TxProducer {
		p, err := kafka.NewTxProducer(cfg, "tx")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Fence(ctx); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		return p
	}
	write := func(p *kafka.TxProducer, value string) {
		if err := p.Begin(); err != nil {
			t.Fatal(err)
		}
		p.Produce(ctx, &kafka.Record{Topic: "out", Value: []byte(value)}, nil)
	}
	p := open()
	for _, v := range []string{"one", "two"} {
		write(p, v)
		if err := p.Commit(ctx, checkpoint(v), kafka.Checkpoint{Group: "other", Offsets: map[kafka.TopicPartition]kafka.Committed{tp: {Offset: 7}}}); err != nil {
			t.Fatal(err)
		}
	}
	write(p, "aborted")
	if err := p.Abort(ctx); err != nil {
		t.Fatal(err)
	}
	zombie := p
	p = open()
	write(zombie, "zombie")
	if err := zombie.Commit(ctx, checkpoint("zombie")); err == nil {
		t.Error("a fenced producer committed")
	}
	write(p, "three")
	if err := p.Commit(ctx, checkpoint("three")); err != nil {
		t.Fatal(err)
	}
	offsets, err := admin.GroupOffsets(ctx, "g.checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	if got := offsets[tp].Metadata; got != "three" {
		t.Errorf("checkpoint %q", got)
	}
	got := readAll(t, cfg, "out")
	slices.Sort(got)
	if !slices.Equal(got, []string{"one", "three", "two"}) {
		t.Errorf("out has %v", got)
	}
}
