package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// stores gives so many stores of one cluster.
func stores(t *testing.T, n int) (kafka.Config, []*server.Kafka) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cfg := kafka.Config{Brokers: cluster.ListenAddrs()}
	all := make([]*server.Kafka, n)
	for i := range all {
		if all[i], err = server.KafkaStore(cfg); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(all[i].Close)
	}
	return cfg, all
}

// Two registries that write in turns decide each on what the other wrote.
func TestTwoWritersInTurns(t *testing.T) {
	_, store := stores(t, 3)
	a, b := open(t, store[0]), open(t, store[1])
	for i := range 3 {
		play(t, a, step{"POST", fmt.Sprintf("/subjects/a%d/versions", i), asked(fixed(2*i + 1)), 200, fmt.Sprintf(`{"id":%d}`, 2*i+1)})
		play(t, b, step{"POST", fmt.Sprintf("/subjects/b%d/versions", i), asked(fixed(2*i + 2)), 200, fmt.Sprintf(`{"id":%d}`, 2*i+2)})
	}
	play(t, b, step{"POST", "/subjects/two/versions", asked(`"long"`), 200, `{"id":7}`})
	play(t, a, step{"POST", "/subjects/two/versions", asked(`"string"`), 409, "409"}) // not compatible with what b wrote
	play(t, a, step{"PUT", "/config/two", `{"compatibility":"NONE"}`, 200, `{"compatibility":"NONE"}`})
	play(t, a, step{"POST", "/subjects/two/versions", asked(`"string"`), 200, `{"id":8}`})
	play(t, open(t, store[2]),
		step{"GET", "/subjects/two/versions", "", 200, `[1,2]`},
		step{"GET", "/subjects/two/versions/1", "", 200, `{"subject":"two","id":7,"version":1,"schema":"\"long\""}`},
		step{"GET", "/subjects/two/versions/2", "", 200, `{"subject":"two","id":8,"version":2,"schema":"\"string\""}`},
		step{"GET", "/schemas/ids/7", "", 200, `{"schema":"\"long\""}`},
		step{"GET", "/schemas/ids/8", "", 200, `{"schema":"\"string\""}`},
		step{"GET", "/subjects", "", 200, `["a0","a1","a2","b0","b1","b2","two"]`},
	)
}

// contested is a store whose role is taken by a rival right before each append.
type contested struct {
	*server.Kafka
	rival func(context.Context) error
}

func (c *contested) Append(ctx context.Context, records ...server.Record) error {
	if c.rival != nil {
		if err := c.rival(ctx); err != nil {
			return err
		}
	}
	return c.Kafka.Append(ctx, records...)
}

// What is answered with 50001 has no effect, whether it is one record or several, and can be repeated.
func TestRefusedWriteHasNoEffect(t *testing.T) {
	_, store := stores(t, 3)
	fought := &contested{Kafka: store[0]}
	s := open(t, fought)
	play(t, s,
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", asked(`"long"`), 200, `{"id":2}`},
		step{"DELETE", "/subjects/s", "", 200, `[1,2]`},
	)
	fought.rival = func(ctx context.Context) error {
		return store[1].Load(ctx, func(server.Record) error { return nil })
	}
	play(t, s,
		step{"POST", "/subjects/two/versions", asked(`"string"`), 500, "50001"},
		step{"DELETE", "/subjects/s?permanent=true", "", 500, "50001"},
		step{"GET", "/subjects?deleted=true", "", 200, `["s"]`},
	)
	play(t, open(t, store[2]),
		step{"GET", "/subjects?deleted=true", "", 200, `["s"]`},
		step{"GET", "/subjects/s/versions?deleted=true", "", 200, `[1,2]`},
		step{"GET", "/schemas/ids/3", "", 404, "40403"},
		step{"POST", "/subjects/three/versions", asked(`"bytes"`), 200, `{"id":3}`},
	)
	fought.rival = nil
	play(t, s,
		step{"POST", "/subjects/two/versions", asked(`"string"`), 200, `{"id":4}`},
		step{"DELETE", "/subjects/s?permanent=true", "", 200, `[1,2]`},
	)
}

// Whoever writes without a transaction, as an older registry, cannot be fenced, but is noticed before anything is committed.
func TestWriterWithoutTransactions(t *testing.T) {
	cfg, store := stores(t, 2)
	s := open(t, store[0])
	play(t, s, step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`})
	producer, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	older := &kafka.Record{
		Topic: server.StoreTopic, Key: []byte(`{"keytype":"SCHEMA","subject":"old","version":1,"magic":1}`),
		Value: []byte(`{"subject":"old","version":1,"id":2,"schema":"\"string\"","deleted":false}`),
	}
	if err := producer.ProduceSync(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	play(t, s, step{"POST", "/subjects/t/versions", asked(`"long"`), 200, `{"id":3}`})
	play(t, open(t, store[1]), // which fences s: only now
		step{"GET", "/subjects", "", 200, `["old","s","t"]`},
		step{"GET", "/schemas/ids/2", "", 200, `{"schema":"\"string\""}`},
		step{"GET", "/schemas/ids/3", "", 200, `{"schema":"\"long\""}`},
	)
}

// Whatever two registries acknowledge at the same time, a third one finds, and no id means two schemas.
func TestTwoWritersAtOnce(t *testing.T) {
	_, store := stores(t, 3)
	type acknowledged struct {
		subject, schema string
		id              int
	}
	var (
		mu      sync.Mutex
		acks    []acknowledged
		clients sync.WaitGroup
	)
	first := open(t, store[0])
	play(t, first, step{"PUT", "/config", `{"compatibility":"NONE"}`, 200, `{"compatibility":"NONE"}`})
	for i, s := range []*server.Server{first, open(t, store[1])} {
		for c := range 3 {
			clients.Go(func() {
				for n := range 8 {
					a := acknowledged{subject: fmt.Sprintf("s%d", n%4), schema: fixed(1 + n + 10*c + 100*i)}
					if a.id = insist(t, s, a.subject, a.schema); a.id == 0 {
						return
					}
					mu.Lock()
					acks = append(acks, a)
					mu.Unlock()
				}
			})
		}
	}
	clients.Wait()
	third := open(t, store[2])
	seen := make(map[int]string)
	for _, a := range acks {
		if other, ok := seen[a.id]; ok {
			t.Errorf("id %d was given to %s and %s", a.id, other, a.schema)
		}
		seen[a.id] = a.schema
		play(t, third, step{"GET", fmt.Sprintf("/schemas/ids/%d", a.id), "", 200, fmt.Sprintf(`{"schema":%q}`, a.schema)})
		_, text := request(t, third, "POST", "/subjects/"+a.subject, asked(a.schema))
		if !strings.Contains(text, fmt.Sprintf(`"id":%d,`, a.id)) {
			t.Errorf("%+v: %s", a, text)
		}
	}
	versions := 0
	for n := range 4 {
		var numbers []int
		_, text := request(t, third, "GET", fmt.Sprintf("/subjects/s%d/versions", n), "")
		if err := json.Unmarshal([]byte(text), &numbers); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		versions += len(numbers)
	}
	if versions != 48 || len(acks) != 48 {
		t.Errorf("%d acknowledged, %d versions; want 48 of each", len(acks), versions)
	}
}

// insist registers until the registry takes it, as 50001 asks for. It gives 0 when it failed otherwise.
func insist(t *testing.T, h http.Handler, subject, schema string) int {
	for t.Context().Err() == nil {
		status, text := request(t, h, "POST", "/subjects/"+subject+"/versions", asked(schema))
		var answer struct {
			ID   int `json:"id"`
			Code int `json:"error_code"`
		}
		switch err := json.Unmarshal([]byte(text), &answer); {
		case err != nil, status != http.StatusOK && answer.Code != 50001:
			t.Errorf("%s: %d %s", subject, status, text)
			return 0
		case status == http.StatusOK:
			return answer.ID
		}
	}
	return 0
}

// A log in which writers contradict each other, from before they were fenced, means the first by id and by version.
func TestContradictingLog(t *testing.T) {
	entry := func(subject string, version, id int, schema string) server.Record {
		return server.Record{
			Key:   fmt.Appendf(nil, `{"keytype":"SCHEMA","subject":%q,"version":%d,"magic":1}`, subject, version),
			Value: fmt.Appendf(nil, `{"subject":%q,"version":%d,"id":%d,"schema":%q,"deleted":false}`, subject, version, id, schema),
		}
	}
	store := server.MemoryStore()
	_ = store.Append(t.Context(),
		entry("two", 1, 8, `"long"`),
		entry("two", 1, 8, `"int"`),     // the same id and version
		entry("two", 1, 9, `"string"`),  // the same version
		entry("three", 1, 8, `"bytes"`), // the same id
		entry("four", 1, 8, `"long"`),   // no contradiction
	)
	var log bytes.Buffer
	s, err := server.New(t.Context(), store, server.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	play(t, s,
		step{"GET", "/subjects/two/versions/1", "", 200, `{"subject":"two","id":8,"version":1,"schema":"\"long\""}`},
		step{"GET", "/schemas/ids/8", "", 200, `{"schema":"\"long\""}`},
		step{"GET", "/schemas/ids/8/versions", "", 200, `[{"subject":"four","version":1},{"subject":"two","version":1}]`},
		step{"GET", "/subjects", "", 200, `["four","two"]`},
		step{"GET", "/schemas/ids/9", "", 404, "40403"},
		step{"POST", "/subjects/three/versions", asked(`"bytes"`), 200, `{"id":10}`},
	)
	for _, want := range []string{"subject two, version 1, id 8", "subject two, version 1, id 9", "subject three, version 1, id 8"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not tell of %s:\n%s", want, log.String())
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 3 {
		t.Errorf("%d warnings; want 3:\n%s", n, log.String())
	}
}

// fixed is a schema that no other number has.
func fixed(n int) string { return fmt.Sprintf(`{"type":"fixed","name":"F%d","size":%d}`, n, n) }
