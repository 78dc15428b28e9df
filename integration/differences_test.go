package integration

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Where the embedded broker and Kafka, and the embedded registry and Apicurio, differ. docs/kafka-differences.md tells of what is
// held here; a difference that goes away is to be found by these tests, not by users.
func TestDifferences(t *testing.T) {
	m := dataproducttest.NewMesh(t)
	d := difference{t, m}
	t.Run("quotas", d.quotas)
	t.Run("the registry's level", d.level)
}

type difference struct {
	*testing.T
	m *dataproducttest.Mesh
}

// expect compares what was seen with what it is embedded, and what real.
func (d difference) expect(t *testing.T, what string, got, embedded, others any) {
	t.Helper()
	want := embedded
	if onKafka {
		want = others
	}
	if got != want {
		t.Errorf("%s: %v, and docs/kafka-differences.md says %v", what, got, want)
	}
}

func (d difference) quotas(t *testing.T) {
	ctx := d.m.Context()
	if err := d.m.Admin.EnsureTopics(ctx, kafka.Topic{Name: "slow"}); err != nil {
		t.Fatal(err)
	}
	if err := d.m.Admin.SetQuota(ctx, "ANONYMOUS", kafka.Quota{Produce: 100_000}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.m.Admin.SetQuota(ctx, "ANONYMOUS", kafka.Quota{}); err != nil {
			t.Error(err)
		}
	}()
	p, err := kafka.NewProducer(d.m.Kafka, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	start := time.Now()
	for range 20 { // of 100 kB each: what the quota allows in 20 s, of which some may pass at once
		value := make([]byte, 100_000)
		if _, err := rand.Read(value); err != nil {
			t.Fatal(err)
		}
		if err := p.ProduceSync(ctx, &kafka.Record{Topic: "slow", Value: value}); err != nil {
			t.Fatal(err)
		}
		if time.Since(start) > time.Second {
			break
		}
	}
	d.expect(t, "slowed down", time.Since(start) > time.Second, false, true)
}

func (d difference) level(t *testing.T) {
	var config struct{ CompatibilityLevel string }
	d.ask(t, "/config", &config)
	d.expect(t, "level", config.CompatibilityLevel, "BACKWARD", "NONE")
}

// ask calls the registry's API.
func (d difference) ask(t *testing.T, path string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(d.m.Context(), http.MethodGet, d.m.RegistryURL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", path, resp.Status, err)
	}
}
