package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func start(t *testing.T, data string) *Broker {
	t.Helper()
	b, err := Start(Config{Listen: "127.0.0.1:0", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func config(b *Broker) kafka.Config { return kafka.Config{Brokers: []string{b.Address()}} }

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func admin(t *testing.T, b *Broker) *kafka.Admin {
	t.Helper()
	a, err := kafka.NewAdmin(config(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

const topic = "shop.events.things.v1"

// write makes the topic and commits one record for each value, each keyed by itself, and a checkpoint.
func write(t *testing.T, b *Broker, values ...string) {
	t.Helper()
	p := begin(t, b, values...)
	if err := p.Commit(within(t), checkpoint(values)); err != nil {
		t.Fatal(err)
	}
	p.Close()
}

// begin leaves the transaction open, its records acknowledged.
func begin(t *testing.T, b *Broker, values ...string) *kafka.TxProducer {
	t.Helper()
	ctx := within(t)
	if err := admin(t, b).EnsureTopics(ctx, kafka.Topic{Name: topic, Partitions: 3}); err != nil {
		t.Fatal(err)
	}
	p, err := kafka.NewTxProducer(config(b), "shop:test:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.Begin(); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		p.Produce(ctx, &kafka.Record{Topic: topic, Key: []byte(v), Value: []byte(v)}, nil)
	}
	if err := p.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

func checkpoint(values []string) kafka.Checkpoint {
	return kafka.Checkpoint{Group: "shop.checkpoint", Offsets: map[kafka.TopicPartition]kafka.Committed{
		{Topic: topic}: {Offset: 7, Metadata: strings.Join(values, ",")},
	}}
}

// committed gives what a reader of committed records sees, sorted, and the checkpoint.
func committed(t *testing.T, b *Broker) ([]string, string) {
	t.Helper()
	ctx, a := within(t), admin(t, b)
	ends, err := a.Ends(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	starts := map[kafka.TopicPartition]int64{}
	for tp, end := range ends {
		if end > 0 {
			starts[tp] = 0
		}
	}
	var values []string
	if len(starts) > 0 {
		// An end mark in each partition shows that everything before it was seen, aborted records included.
		p, err := kafka.NewProducer(config(b), kafka.ProducerOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for tp := range starts {
			r := &kafka.Record{Topic: topic, Partition: tp.Partition, Value: []byte("end")}
			kafka.Pin(r, tp.Partition)
			if err := p.ProduceSync(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		r, err := kafka.NewReader(config(b), kafka.ReaderOptions{Offsets: starts})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for seen := 0; seen < len(starts); {
			records, err := r.Poll(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				if string(r.Value) == "end" {
					seen++
				} else {
					values = append(values, string(r.Value))
				}
			}
		}
	}
	slices.Sort(values)
	offsets, err := a.GroupOffsets(ctx, "shop.checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	return values, offsets[kafka.TopicPartition{Topic: topic}].Metadata
}

func expect(t *testing.T, b *Broker, checkpoint string, values ...string) {
	t.Helper()
	slices.Sort(values)
	got, at := committed(t, b)
	if !slices.Equal(got, values) || at != checkpoint {
		t.Errorf("committed %q with checkpoint %q, want %q with %q", got, at, values, checkpoint)
	}
}

// image copies a running broker's folder: what a kill -9 at this moment would leave.
func image(t *testing.T, data string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestAddressInUseIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Start(Config{Listen: l.Addr().String()})
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Start = %v, want EADDRINUSE", err)
	}
}

func TestOnlyLoopbackIsTaken(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		var refused *AddressError
		if _, err := Start(Config{Listen: address}); !errors.As(err, &refused) || refused.Address != address {
			t.Errorf("Start on %s: %v, want an AddressError", address, err)
		}
	}
}

func TestUnknownTopicsAreNotCreated(t *testing.T) {
	b := start(t, "")
	p, err := kafka.NewProducer(config(b), kafka.ProducerOptions{Deliver: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(within(t), &kafka.Record{Topic: "no.such.topic.v1", Value: []byte("x")}); err == nil {
		t.Error("a record to a topic that nobody created was taken")
	}
}

func TestFolderSurvivesClose(t *testing.T) {
	data := t.TempDir()
	first := start(t, data)
	write(t, first, "a", "b", "c", "d")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, data)
	expect(t, second, "a,b,c,d", "a", "b", "c", "d")
}

func TestFolderIsForOneBroker(t *testing.T) {
	data := t.TempDir()
	start(t, data)
	if _, err := Start(Config{Listen: "127.0.0.1:0", Data: data}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second Start = %v, want an error that says in use", err)
	}
}

// Transactions that were open at a crash stay aborted over later crashes, also when their producer commits more.
func TestOpenTransactionsStayAborted(t *testing.T) {
	data := t.TempDir()
	b := start(t, data)
	write(t, b, "a", "b", "c", "d")
	begin(t, b, "lost1", "lost2", "lost3", "lost4")

	for n := range 3 {
		data = image(t, data)
		b = start(t, data)
		write(t, b, fmt.Sprint("e", n), fmt.Sprint("f", n), fmt.Sprint("g", n))
		begin(t, b, fmt.Sprint("lost5", n), fmt.Sprint("lost6", n))
	}
	data = image(t, data)
	expect(t, start(t, data), "e2,f2,g2", "a", "b", "c", "d", "e0", "f0", "g0", "e1", "f1", "g1", "e2", "f2", "g2")
}

// A crash anywhere in a commit leaves all of the transaction or nothing.
func TestCommitIsAllOrNothing(t *testing.T) {
	data := t.TempDir()
	b := start(t, data)
	write(t, b, "a", "b", "c", "d")
	p := begin(t, b, "e", "f", "g", "h", "i", "j")

	open := image(t, data)
	var noted string
	b.cluster.ControlKey(int16(kmsg.EndTxn), func(kmsg.Request) (kmsg.Response, error, bool) {
		noted = image(t, data)
		b.cluster.DropControl()
		return nil, nil, false
	})
	if err := p.Commit(within(t), checkpoint([]string{"second"})); err != nil {
		t.Fatal(err)
	}
	done := image(t, data)

	old := []string{"a", "b", "c", "d"}
	all := append(slices.Clone(old), "e", "f", "g", "h", "i", "j")
	check := func(name, data, checkpoint string, values []string) {
		t.Run(name, func(t *testing.T) { expect(t, start(t, data), checkpoint, values...) })
	}
	check("before the note", open, "a,b,c,d", old)

	torn := image(t, noted)
	truncate(t, filepath.Join(torn, folder, journalFile), 20)
	check("half a note", torn, "a,b,c,d", old)

	check("after the note", image(t, noted), "second", all)

	for n := range 3 {
		some := image(t, noted)
		for p := range n + 1 {
			name := filepath.Join(folder, partitionsDir, fmt.Sprint(topic, "-", p))
			replace(t, filepath.Join(some, name), filepath.Join(done, name))
		}
		check(fmt.Sprint("markers in ", n+1, " partitions"), some, "second", all)
	}

	moved := image(t, done)
	replace(t, filepath.Join(moved, folder, pidsFile), filepath.Join(noted, folder, pidsFile))
	check("offsets moved", moved, "second", all)
	check("through", done, "second", all)
}

// Half-written ends of files are cut off, and what comes after them is read again.
func TestHalfWrittenEndsAreCutOff(t *testing.T) {
	data := t.TempDir()
	b := start(t, data)
	write(t, b, "a", "b", "c", "d")
	data = image(t, data)
	for _, name := range []string{groupsFile, pidsFile} {
		if err := appendTo(filepath.Join(data, folder, name), []byte{40, 0, 0, 0, 1, 2, 3}); err != nil {
			t.Fatal(err)
		}
	}
	segments, err := filepath.Glob(filepath.Join(data, folder, partitionsDir, topic+"-*", "*"))
	if err != nil || len(segments) == 0 {
		t.Fatal(segments, err)
	}
	for _, path := range segments {
		switch filepath.Ext(path) {
		case datExtension:
			if err := appendTo(path, []byte{0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 80, 1, 2}); err != nil {
				t.Fatal(err)
			}
		case idxExtension:
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			truncate(t, path, info.Size()-4)
		}
	}
	b = start(t, data)
	write(t, b, "e", "f", "g")
	expect(t, start(t, image(t, data)), "e,f,g", "a", "b", "c", "d", "e", "f", "g")
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, to, from string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else {
		var raw []byte
		if raw, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, raw, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
