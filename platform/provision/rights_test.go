package provision_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// The data products of a domain run with the rights that they were given: a guard that moves and rejects records, and an
// observer.
func TestDataProductsRunWithTheseRights(t *testing.T) {
	secrets := t.TempDir()
	for _, user := range []string{"till", "books"} {
		if err := os.WriteFile(filepath.Join(secrets, user), []byte(user+"-password\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{Passwords: "file:" + secrets + "/{user}"}))
	if err := w.admin.EnsureTopics(t.Context(), kafka.Topic{Name: "erp-orders"}); err != nil {
		t.Fatal(err)
	}
	w.sell(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := w.runBooks(ctx, t, "books-password", "books.ledger", "books.desk")
	for _, topic := range []string{"books.ledger.entries.v1", "books.ledger.dlq", event.TopicHeartbeats} {
		if err := w.await(t, topic, ended); err != nil {
			t.Fatalf("nothing comes to %s: %v", topic, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Each right is needed: without any one of them, the data product does not run.
func TestEveryRightIsNeeded(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a", "PW_BOOKS": "b"})
	ledger := wanted(t, tree(nil, shop()[:2]...), provision.Options{Passwords: "env:PW_{USER}"})
	w.apply(t, ledger)
	w.sell(t)
	n := 0
	for _, acl := range ledger.ACLs() {
		if acl.Principal != "User:books" {
			continue
		}
		n++
		if err := w.admin.DeleteACLs(t.Context(), acl); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		if err := <-w.runBooks(ctx, t, "b", "books.ledger"); err == nil || !strings.Contains(err.Error(), "AUTHORIZATION_FAILED") {
			t.Errorf("it runs without this: %s (%v)", acl, err)
		}
		stop()
		if err := w.admin.CreateACLs(t.Context(), acl); err != nil {
			t.Fatal(err)
		}
	}
	if n < 10 {
		t.Errorf("there are %d rights only", n)
	}
}

// runBooks runs data products of the books until ctx ends, as their own user.
func (w *world) runBooks(ctx context.Context, t *testing.T, password string, ids ...string) <-chan error {
	t.Helper()
	set, _ := contract.Load(shopTree())
	var products []dataproduct.Product
	for _, id := range ids {
		p, err := dataproduct.FromFile(set, id)
		if err != nil {
			t.Fatal(err)
		}
		products = append(products, p)
	}
	instance, err := dataproduct.New(dataproduct.Config{
		Kafka: w.as("books", password), Registry: w.registry, Contracts: shopTree(), Instance: "books-1", VerdictWait: -1,
		Logger: slog.New(slog.DiscardHandler),
	}, products...)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- instance.Run(ctx) }()
	return ended
}

// sell writes a sale that keeps its contract, and one that breaks it.
func (w *world) sell(t *testing.T) {
	t.Helper()
	v, err := w.registry.Latest(t.Context(), "till.sales.items.v1-value")
	if err != nil {
		t.Fatal(err)
	}
	producer, err := kafka.NewProducer(w.kafka, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	for _, value := range [][]byte{append(avro.AppendFrame(nil, v.ID), 2, 'a'), []byte("no frame")} {
		producer.Produce(t.Context(), &kafka.Record{Topic: "till.sales.items.v1", Key: []byte("a"), Value: value}, func(_ *kafka.Record, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if err := producer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// await reads a topic until there is a record in it, or the instance ended.
func (w *world) await(t *testing.T, topic string, ended <-chan error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	reader, err := kafka.NewReader(w.kafka, kafka.ReaderOptions{Topics: []string{topic}})
	if err != nil {
		return err
	}
	defer reader.Close()
	came := make(chan error, 1)
	go func() {
		for {
			records, err := reader.Poll(ctx)
			if err != nil || len(records) > 0 {
				came <- err
				return
			}
		}
	}()
	select {
	case err := <-came:
		return err
	case err := <-ended:
		return errors.Join(errors.New("the instance ended"), err)
	}
}

// A domain cannot write what another publishes, nor what only the platform says.
func TestOthersTopicsAreClosed(t *testing.T) {
	w := newWorld(t, map[string]string{"PW_TILL": "a", "PW_BOOKS": "b"})
	w.apply(t, wanted(t, shopTree(), provision.Options{Passwords: "env:PW_{USER}"}))
	producer, err := kafka.NewProducer(w.as("till", "a"), kafka.ProducerOptions{Deliver: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	for topic, may := range map[string]bool{
		"till.sales.items.v1": true, event.TopicHeartbeats: true,
		"books.ledger.entries.v1": false, "books.ledger.retry": false, "books.ledger.dlq": false,
		event.TopicVerdicts: false, event.TopicBreaches: false,
	} {
		var failed error
		producer.Produce(t.Context(), &kafka.Record{Topic: topic, Key: []byte("k")}, func(_ *kafka.Record, err error) { failed = err })
		if err := producer.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if may != (failed == nil) || failed != nil && !strings.Contains(failed.Error(), "AUTHORIZATION_FAILED") {
			t.Errorf("%s: may write is %v, and it came to %v", topic, may, failed)
		}
	}
	ranges, err := scan.Bounds(t.Context(), w.admin, "books.ledger.entries.v1")
	for tp, r := range ranges {
		if !r.Empty() {
			t.Errorf("there is something in %s", tp)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// What is published is a tree of contracts again, for who has no files.
func TestPublishedContracts(t *testing.T) {
	w := newWorld(t, nil)
	o := provision.Options{}
	w.apply(t, wanted(t, shopTree(), o))
	files, err := w.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	set, findings := contract.Load(files)
	if contract.HasErrors(findings) {
		t.Fatal(findings)
	}
	o.Replicas = 1
	published, err := provision.Want(set, files, o)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := w.Drift(t.Context(), published); err != nil || len(d.Plan.Steps)+len(d.Plan.Held) > 0 {
		t.Errorf("what is published differs from what was: %+v, %v", d.Findings, err)
	}
}
