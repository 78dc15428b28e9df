package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// After any run of changes, a registry that reads the log, and one that reads it compacted, knows what the one
// knows that wrote it.
func TestLogHoldsEverything(t *testing.T) {
	for seed := range uint64(20) {
		s, store := fresh(t)
		churn(t, s, rand.New(rand.NewPCG(seed, 0)))
		whole, compact := open(t, copied(t, store, false)), open(t, copied(t, store, true))
		want, id := dump(t, s), next(t, s)
		if got := dump(t, whole); got != want {
			t.Fatalf("seed %d: from the log:\n%s\nwant\n%s", seed, got, want)
		}
		if got := dump(t, compact); got != want {
			t.Fatalf("seed %d: from the compacted log:\n%s\nwant\n%s", seed, got, want)
		}
		if a, b := next(t, whole), next(t, compact); a != id || b != id {
			t.Fatalf("seed %d: the next id: %s from the log, %s from the compacted log; want %s", seed, a, b, id)
		}
	}
}

// churn sends changes; which of them are refused does not matter.
func churn(t *testing.T, h http.Handler, r *rand.Rand) {
	t.Helper()
	schemas := []string{`"int"`, `"long"`, `"string"`, record(fieldA), record(fieldA, optionB)}
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for range 120 {
		subject := "/" + pick("s", "t", "u")
		switch r.IntN(10) {
		case 0:
			request(t, h, "DELETE", "/subjects"+subject+pick("", "?permanent=true"), "")
		case 1, 2:
			request(t, h, "DELETE", "/subjects"+subject+"/versions/"+pick("1", "2", "latest")+pick("", "?permanent=true"), "")
		case 3:
			request(t, h, "PUT", "/config"+pick("", subject), `{"compatibility":"`+pick("NONE", "NONE", "FULL")+`"}`)
		case 4:
			request(t, h, "PUT", "/mode"+pick("", subject), `{"mode":"`+pick("READWRITE", "READWRITE", "READWRITE", "READONLY", "IMPORT")+`"}`)
		case 5:
			request(t, h, "DELETE", pick("/config", "/mode")+pick("", subject), "")
		default:
			request(t, h, "POST", "/subjects"+subject+"/versions", asked(pick(schemas...)))
		}
	}
	request(t, h, "PUT", "/mode", `{"mode":"READWRITE"}`)
}

// dump is what a registry says about everything.
func dump(t *testing.T, h http.Handler) string {
	t.Helper()
	var b strings.Builder
	ask := func(path string) {
		status, text := request(t, h, "GET", path, "")
		fmt.Fprintf(&b, "%s %d %s", path, status, text)
	}
	ask("/subjects?deleted=true")
	ask("/config")
	ask("/mode")
	for _, s := range []string{"s", "t", "u"} {
		ask("/subjects/" + s + "/versions")
		ask("/subjects/" + s + "/versions?deleted=true")
		ask("/config/" + s)
		ask("/mode/" + s)
	}
	for id := range 60 {
		ask(fmt.Sprintf("/schemas/ids/%d", id))
		ask(fmt.Sprintf("/schemas/ids/%d/versions?deleted=true", id))
	}
	return b.String()
}

// next registers a schema that no churn has, under a new subject.
func next(t *testing.T, h http.Handler) string {
	t.Helper()
	_, text := request(t, h, "POST", "/subjects/next/versions", asked(`{"type":"fixed","name":"F","size":7}`))
	return text
}

// copied is a copy of a log; compacted, it has the newest record of each key only, and no deleted keys.
func copied(t *testing.T, from server.Store, compacted bool) server.Store {
	t.Helper()
	var log []server.Record
	newest := make(map[string]int)
	err := from.Load(t.Context(), func(r server.Record) error {
		newest[string(r.Key)] = len(log)
		log = append(log, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := server.MemoryStore()
	for i, r := range log {
		if !compacted || newest[string(r.Key)] == i && r.Value != nil {
			_ = out.Append(t.Context(), r)
		}
	}
	return out
}

func TestKafkaStore(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	kafkaStore := func() *server.Kafka {
		store, err := server.KafkaStore(kafka.Config{Brokers: cluster.ListenAddrs()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		return store
	}
	s := open(t, kafkaStore())
	play(t, s, step{"GET", "/subjects", "", 200, `[]`})
	churn(t, s, rand.New(rand.NewPCG(1, 1)))
	want := dump(t, s)
	restarted := open(t, kafkaStore())
	if got := dump(t, restarted); got != want {
		t.Errorf("after a restart:\n%s\nwant\n%s", got, want)
	}
	next(t, restarted)
}

// A broker that is away makes a change fail in time, and reading goes on.
func TestKafkaStoreAway(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	store, err := server.KafkaStore(kafka.Config{Brokers: cluster.ListenAddrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := open(t, store)
	play(t, s, step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`})
	cluster.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := store.Append(ctx, server.Record{Key: []byte(`{}`)}); err == nil {
		t.Error("append: no error without a broker")
	}
	if _, err := server.New(ctx, store); err == nil {
		t.Error("a registry that cannot read its log began to serve")
	}
	play(t, s, step{"GET", "/subjects/s/versions", "", 200, `[1]`})
}

// What Confluent's registry wrote is read; what only it understands is kept and shown.
func TestForeignLog(t *testing.T) {
	store := server.MemoryStore()
	for _, r := range [][2]string{
		{`{"keytype":"NOOP","magic":0}`, ``},
		{`{"keytype":"CONFIG","subject":null,"magic":0}`, `{"compatibilityLevel":"FULL"}`},
		{`{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}`, `{"subject":"s","version":1,"id":3,"md5":"x","schema":"\"int\"","deleted":false}`},
		{`{"keytype":"SCHEMA","subject":"d","version":1,"magic":1}`, `{"subject":"d","version":1,"id":2,"references":[{"name":"x.Gone","subject":"gone","version":1}],"schema":"\"x.Gone\"","deleted":false}`},
		{`{"keytype":"CLEAR_SUBJECT","subject":"s","magic":0}`, `{"subject":"s"}`},
		{`{"keytype":"SCHEMA","subject":"j","version":1,"magic":1}`, `{"subject":"j","version":1,"id":4,"schemaType":"JSON","schema":"{}","deleted":false}`},
	} {
		var value []byte
		if r[1] != "" {
			value = []byte(r[1])
		}
		_ = store.Append(t.Context(), server.Record{Key: []byte(r[0]), Value: value})
	}
	play(t, open(t, store),
		step{"GET", "/config", "", 200, `{"compatibilityLevel":"FULL"}`},
		step{"GET", "/schemas/ids/3", "", 200, `{"schema":"\"int\""}`},
		step{"GET", "/schemas/ids/4", "", 200, `{"schemaType":"JSON","schema":"{}"}`},
		step{"POST", "/subjects/j/versions", asked(`"int"`), 422, "42201"},
		step{"POST", "/subjects/t/versions", asked(`"int"`), 200, `{"id":3}`},
		step{"POST", "/subjects/t/versions", asked(`"int"`), 200, `{"id":3}`},
		step{"POST", "/subjects/u/versions", asked(`"long"`), 200, `{"id":5}`},
		// A reference that leads nowhere is shown as it stands.
		step{"GET", "/schemas/ids/2", "", 200, `{"schema":"\"x.Gone\"","references":[{"name":"x.Gone","subject":"gone","version":1}]}`},
		step{"POST", "/compatibility/subjects/d/versions", asked(`"int"`), 422, "42201"},
	)
	_ = store.Append(t.Context(), server.Record{Key: []byte("not JSON")})
	if _, err := server.New(t.Context(), store); err == nil {
		t.Error("a log that cannot be read was served")
	}
}

func TestConcurrentRegistrations(t *testing.T) {
	s, store := fresh(t)
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			for i := range 20 {
				subject := fmt.Sprintf("s%d", i)
				if c%2 == 1 {
					request(t, s, "GET", "/subjects/"+subject+"/versions/latest", "")
				}
				request(t, s, "POST", "/subjects/"+subject+"/versions", asked(fmt.Sprintf(`{"type":"fixed","name":"F%d","size":1}`, i)))
			}
		})
	}
	clients.Wait()
	seen := make(map[string]bool)
	for i := range 20 {
		_, text := request(t, s, "GET", fmt.Sprintf("/subjects/s%d/versions/latest", i), "")
		if seen[text] || !strings.Contains(text, `"version":1`) {
			t.Errorf("s%d: %s", i, text)
		}
		seen[text] = true
	}
	n := 0
	_ = store.Load(t.Context(), func(server.Record) error { n++; return nil })
	if n != 20 {
		t.Errorf("%d records; want 20", n)
	}
}

// A topic that forgets is no store.
func TestStoreTopicMustBeCompacted(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	cfg := kafka.Config{Brokers: cluster.ListenAddrs()}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if err := admin.EnsureTopics(t.Context(), kafka.Topic{Name: server.StoreTopic, Partitions: 1, Config: map[string]string{"cleanup.policy": "delete"}}); err != nil {
		t.Fatal(err)
	}
	store, err := server.KafkaStore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := server.New(t.Context(), store); err == nil || !strings.Contains(err.Error(), "compact") {
		t.Errorf("%v", err)
	}
}
