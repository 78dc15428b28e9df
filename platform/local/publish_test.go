package local

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// noDrafts is a policy: what is published is no draft.
type noDrafts struct{}

func (noDrafts) Digest() string      { return "sha256:no-drafts" }
func (noDrafts) Environment() string { return "test" }
func (noDrafts) Judge(_ context.Context, c mesh.Case) []contract.Finding {
	if c.Contract.Status == "draft" {
		return []contract.Finding{{Rule: "no.drafts", Message: "a draft is not for others", Path: "status"}}
	}
	return nil
}

// newPlatformURL runs a platform until the test ends.
func newPlatformURL(t *testing.T, change func(*PlatformConfig)) string {
	t.Helper()
	b, err := broker.Start(broker.Config{Listen: anyPort})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	cfg := PlatformConfig{Kafka: kafka.Config{Brokers: []string{b.Address()}}, Registry: registrytest.Client(t), Control: os.DirFS("../../contracts")}
	change(&cfg)
	p, err := NewPlatform(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, l) }()
	t.Cleanup(func() { stop(); <-done })
	url := "http://" + l.Addr().String()
	awaitStatus(t, url+"/readyz", http.StatusOK)
	return url
}

func publish(t *testing.T, url, query string, p api.Publication) (int, api.Published) {
	t.Helper()
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(url+api.Prefix+"/publications"+query, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	var got api.Published
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%s: %s", err, text)
	}
	return answer.StatusCode, got
}

// ordersOf is a data product of the repository's.
func ordersOf(t *testing.T) api.Publication {
	t.Helper()
	file := func(name string) string {
		text, err := os.ReadFile("../../contracts/orders/orders/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return api.Publication{
		DataProduct: file("product.odps.yaml"),
		Contracts:   []api.ContractPublication{{Document: file("orders.v1.odcs.yaml"), Schema: file("orders.v1.avsc")}},
	}
}

func TestPublish(t *testing.T) {
	url := newPlatformURL(t, func(c *PlatformConfig) { c.Policies = noDrafts{} })
	good := ordersOf(t)
	page := url + api.Prefix + "/contracts/urn:datamesh:orders:orders:orders:1"

	draft := good
	draft.Contracts = []api.ContractPublication{{Document: strings.Replace(good.Contracts[0].Document, "status: active", "status: draft", 1), Schema: good.Contracts[0].Schema}}
	status, got := publish(t, url, "", draft)
	if status != http.StatusUnprocessableEntity || got.Published || len(got.Findings) == 0 || got.Findings[0].Rule != "no.drafts" || got.Findings[0].Document != "urn:datamesh:orders:orders:orders:1" {
		t.Errorf("a denied contract: %d %+v", status, got)
	}
	broken := good
	broken.Contracts = []api.ContractPublication{{Document: "kind: DataContract\nnonsense: 1\n"}}
	if status, got = publish(t, url, "", broken); status != http.StatusUnprocessableEntity || got.Published || len(got.Findings) < 2 || got.Findings[0].Line == 0 {
		t.Errorf("a broken contract: %d %+v", status, got)
	}
	if status, got = publish(t, url, "?dry_run=true", good); status != http.StatusOK || got.Published {
		t.Errorf("a dry run: %d %+v", status, got)
	}
	awaitStatus(t, page, http.StatusNotFound)

	if status, got = publish(t, url, "", good); status != http.StatusOK || !got.Published {
		t.Fatalf("%d %+v", status, got)
	}
	awaitStatus(t, page, http.StatusOK)

	// A page of another site that a browser shows cannot publish.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url+api.Prefix+"/publications", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a cross-site request was answered %d", answer.StatusCode)
	}
}

// What is published and not there is drift, until it is there; the platform looks by itself.
func TestThePlatformLooksForDrift(t *testing.T) {
	url := newPlatformURL(t, func(c *PlatformConfig) {
		c.DriftEvery, c.Drift = 20*time.Millisecond, provision.Options{Replicas: 1, NoAccess: true}
	})
	missing := regexp.MustCompile(`tidemark_drift_resources{kind="topic",rule="drift.missing"} ([0-9]+)`)
	topics := func(more func(n string) bool) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
			answer, err := http.Get(url + "/metrics")
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if m := missing.FindSubmatch(text); m != nil && more(string(m[1])) {
				return
			}
		}
		t.Fatal("the metric did not come to be")
	}
	topics(func(n string) bool { return n == "0" }) // the control topics are there
	if status, got := publish(t, url, "", ordersOf(t)); status != http.StatusOK || !got.Published {
		t.Fatalf("%d %+v", status, got)
	}
	topics(func(n string) bool { return n != "0" })
}
