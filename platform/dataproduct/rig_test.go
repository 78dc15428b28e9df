package dataproduct_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// The rig is what the loop's benchmarks run against: a broker and a registry in a process of their own, with the input
// topic filled, so that the CPU that this process spends is the data product's alone.

// rigged is what the rig's process is told, and what it answers.
type rigged struct {
	Records    int    // how many it writes
	Bad        int    // every how manieth breaks the contract; 0 none
	Partitions int    //
	Brokers    string // host:port
	Registry   string // URL

	stop func() // ends the process
}

const rigEnv = "TIDEMARK_TEST_RIG"

// TestRig is the rig's process; it does nothing in a test run.
func TestRig(t *testing.T) {
	text := os.Getenv(rigEnv)
	if text == "" {
		t.Skip("it is the other process of the benchmarks")
	}
	var rig rigged
	if err := json.Unmarshal([]byte(text), &rig); err != nil {
		t.Fatal(err)
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	handler, err := server.New(t.Context(), server.MemoryStore())
	if err != nil {
		t.Fatal(err)
	}
	doors := http.NewServeMux()
	doors.Handle("/", handler)
	doors.HandleFunc("POST /v1/traces", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }) // a collector
	web := httptest.NewServer(doors)
	defer web.Close()
	rig.Brokers, rig.Registry = cluster.ListenAddrs()[0], web.URL
	rig.fill(t)
	answer, err := json.Marshal(rig)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\n%s%s\n", rigEnv, answer)
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	<-ctx.Done()
}

// fill writes the input topic.
func (rig rigged) fill(t testing.TB) {
	t.Helper()
	set, findings := contract.Load(orderFiles(t, rig.Partitions, "guard", ""))
	c, ok := set.Contract("urn:datamesh:bench:till:orders:1")
	if !ok {
		t.Fatal(findings)
	}
	client, err := registry.New(registry.Config{URLs: []string{rig.Registry}})
	if err != nil {
		t.Fatal(err)
	}
	id, err := client.Register(t.Context(), c.Topic()+"-value", c.Schema())
	if err != nil {
		t.Fatal(err)
	}
	cfg := rig.kafka()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if err := admin.EnsureTopics(t.Context(), kafka.Topic{Name: c.Topic(), Partitions: rig.Partitions}); err != nil {
		t.Fatal(err)
	}
	producer, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	_, sample := sampleOrder(t)
	var failed error
	var once sync.Once
	for i := range rig.Records {
		bad := rig.Bad > 0 && i%rig.Bad == 0
		r := order(sample, id, i, bad)
		kafka.Pin(r, int32(i%rig.Partitions))
		producer.Produce(t.Context(), r, func(_ *kafka.Record, err error) {
			if err != nil {
				once.Do(func() { failed = err })
			}
		})
	}
	if err := producer.Flush(t.Context()); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
}

// sampleOrder is the reference order and its schema.
func sampleOrder(t testing.TB) (*avro.Schema, []byte) {
	t.Helper()
	schema, err := avro.Parse(orderSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := avro.EncodeJSON(schema, []byte(orderSample))
	if err != nil {
		t.Fatal(err)
	}
	return schema, payload
}

// order is the i-th order, framed: the reference record with a number and a customer of its own.
func order(sample []byte, id, i int, bad bool) *kafka.Record {
	value := append(avro.AppendFrame(make([]byte, 0, avro.FrameSize+len(sample)), id), sample...)
	payload := value[avro.FrameSize:]
	copy(payload[1+len("CA-2017-"):], fmt.Sprintf("%06d", i%1_000_000))
	key := payload[1 : 1+len("CA-2017-152156")]
	if bad {
		spoil(payload, i)
	}
	return &kafka.Record{Topic: "bench.till.orders.v1", Key: append([]byte(nil), key...), Value: value}
}

// spoil breaks an order in one of four ways, which leave its length as it was.
func spoil(payload []byte, i int) {
	at := func(text string) int { return strings.Index(string(payload), text) }
	switch i % 4 {
	case 0:
		payload[at("USD")] = 'X' // no known currency
	case 1:
		payload[at("CA-")] = 'c' // another pattern, and not the key
	case 2:
		payload[at("web")] = 'W' // no host name
	case 3:
		payload[at("US\x06\x1e")] = 0xff // no UTF-8
	}
}

// startRig starts the process and waits until it has filled the topic.
func startRig(b testing.TB, rig rigged) rigged {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	told, err := json.Marshal(rig)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestRig$", "-test.timeout", "0")
	cmd.Env, cmd.Stderr = append(os.Environ(), rigEnv+"="+string(told), "GOMEMLIMIT=off"), os.Stderr // a limit is for who is measured
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	rig.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // it has nothing to finish
		_ = cmd.Wait()
	})
	b.Cleanup(rig.stop)
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), rigEnv); ok {
			if err := json.Unmarshal([]byte(text), &rig); err != nil {
				b.Fatal(err)
			}
			return rig
		}
		said = append(said, lines.Text())
	}
	b.Fatalf("the rig did not start: %s", strings.Join(said, "\n"))
	return rig
}

// kafka is the rig's broker. Nothing is compressed, as in the measurements that these are compared with.
func (rig rigged) kafka() kafka.Config {
	return kafka.Config{Brokers: []string{rig.Brokers}, Compression: kafka.CompressNone}
}

// config is an instance's settings on the rig.
func (rig rigged) config(b testing.TB, files fstest.MapFS) dataproduct.Config {
	b.Helper()
	client, err := registry.New(registry.Config{URLs: []string{rig.Registry}})
	if err != nil {
		b.Fatal(err)
	}
	return dataproduct.Config{
		Kafka: rig.kafka(), Registry: client, Contracts: files, Control: control,
		Instance: "bench", VerdictWait: -1, Logger: slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// spent is the CPU time of this process so far.
func spent() (user, system time.Duration) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it knows itself
	return time.Duration(u.Utime.Nano()), time.Duration(u.Stime.Nano())
}

// measure runs do, and reports what a record costs. With TIDEMARK_TEST_PROFILE the CPU profile goes to that file.
func measure(b *testing.B, records int, do func()) {
	b.Helper()
	if name := os.Getenv("TIDEMARK_TEST_PROFILE"); name != "" && records > 1 {
		f, err := os.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			b.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	user, system := spent()
	b.ResetTimer()
	began := time.Now()
	do()
	took := time.Since(began)
	b.StopTimer()
	userAfter, systemAfter := spent()
	n := float64(records)
	b.ReportMetric(float64(userAfter-user)/n, "user-ns/record")
	b.ReportMetric(float64(userAfter-user+systemAfter-system)/n, "cpu-ns/record")
	b.ReportMetric(n/took.Seconds(), "records/s")
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it knows itself
	b.ReportMetric(float64(u.Maxrss)/1024, "MiB-most")
}

// runThrough runs an instance until its group has committed so many offsets.
func runThrough(b testing.TB, cfg kafka.Config, instance *dataproduct.Instance, records int) {
	b.Helper()
	const group, topic = "bench.copy.v1", "bench.till.orders.v1"
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close()
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	running, stop := context.WithCancel(b.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- instance.Run(running) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		offsets, err := admin.GroupOffsets(ctx, group) // an error while a transaction is pending
		sum := int64(0)
		for tp, at := range offsets {
			if tp.Topic == topic {
				sum += at.Offset
			}
		}
		if sum >= int64(records) {
			break
		}
		select {
		case err := <-done:
			b.Fatalf("it ended after %d of %d records: %v", sum, records, err)
		case <-ctx.Done():
			b.Fatalf("%d of %d records: %v", sum, records, err)
		case <-tick.C:
		}
	}
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
