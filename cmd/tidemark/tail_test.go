package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/portal/portaltest"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

const (
	tailTopic  = "shop.orders.orders.v1"
	tailSchema = `{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "mail", "type": "string"}, {"name": "total", "type": "int"}]}`

	tailContract = `apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:shop:orders:orders:1
version: 1.0.0
status: active
schema:
  - name: Order
    physicalName: shop.orders.orders.v1
    physicalType: topic
    logicalType: object
    properties:
      - {name: id, logicalType: string}
      - {name: mail, logicalType: string, classification: pii}
      - {name: total, logicalType: integer}
customProperties:
  - {property: tidemark.key, value: id}
`
)

// shop is a broker with one port and its dead letter topics, a registry, and a folder with the port's contract.
type shop struct {
	kafka    kafka.Config
	registry string
	schema   *avro.Schema
	id       int
	folder   string
}

func startShop(t *testing.T) *shop {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, tailTopic, "shop.orders.dlq", "shop.orders.retry"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	schemas := registrytest.Start(t)
	client, err := registry.New(registry.Config{URLs: []string{schemas}})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{kafka: kafka.Config{Brokers: cluster.ListenAddrs()}, registry: schemas, folder: t.TempDir()}
	if s.schema, err = avro.Parse([]byte(tailSchema)); err != nil {
		t.Fatal(err)
	}
	if s.id, err = client.Register(t.Context(), tailTopic+"-value", s.schema); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"orders.v1.odcs.yaml": tailContract, "orders.v1.avsc": tailSchema} {
		if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *shop) order(t *testing.T, id string, total int) []byte {
	t.Helper()
	payload, err := avro.EncodeJSON(s.schema, fmt.Appendf(nil, `{"id": %q, "mail": "claire@mail.example", "total": %d}`, id, total))
	if err != nil {
		t.Fatal(err)
	}
	return append(avro.AppendFrame(nil, s.id), payload...)
}

func (s *shop) write(t *testing.T, records ...*kafka.Record) {
	t.Helper()
	p, err := kafka.NewProducer(s.kafka, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
}

// said is what a command line left behind.
type said struct {
	code     int
	out, err string
}

// tidemark runs a command line against the shop. The platform is one that is not there, unless args name another.
func (s *shop) tidemark(t *testing.T, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	env := map[string]string{
		"TIDEMARK_BROKERS":  s.kafka.Brokers[0],
		"TIDEMARK_REGISTRY": s.registry,
		"TIDEMARK_PLATFORM": "http://127.0.0.1:1",
	}
	code := run(ctx, args, process{
		out: &out, err: &err,
		env: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
	})
	return said{code, out.String(), err.String()}
}

func TestTail(t *testing.T) {
	s := startShop(t)
	s.write(t,
		&kafka.Record{Topic: tailTopic, Key: []byte("A-1"), Value: s.order(t, "A-1", 7), Timestamp: time.Date(2026, 11, 21, 11, 58, 0, 0, time.UTC)},
		&kafka.Record{Topic: tailTopic, Key: []byte("A-2"), Value: []byte("junk"), Timestamp: time.Date(2026, 11, 21, 11, 59, 0, 0, time.UTC)},
		&kafka.Record{Topic: tailTopic, Key: []byte("A-3"), Timestamp: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)},
	)
	platform := s.platform(t)
	for name, c := range map[string]struct {
		args []string
		out  string
		err  string
	}{
		"a contract hides what it classifies": {
			[]string{"--contracts", s.folder},
			"2026-11-21T11:58:00Z  0/0  A-1  {\"id\":\"A-1\",\"mail\":\"***\",\"total\":7}\n" +
				"2026-11-21T11:59:00Z  0/1  A-2  (frame.bad: the value does not begin with a zero byte and a schema id; 4 bytes)\n" +
				"2026-11-21T12:00:00Z  0/2  A-3  (tombstone)\n",
			"",
		},
		"the platform's contract": {
			[]string{"--platform", platform, "--limit", "1"},
			"2026-11-21T11:58:00Z  0/0  A-1  {\"id\":\"A-1\",\"mail\":\"***\",\"total\":7}\n", "",
		},
		"without a contract all text is hidden": {
			[]string{"--limit", "1"},
			"2026-11-21T11:58:00Z  0/0  ***  {\"id\":\"***\",\"mail\":\"***\",\"total\":7}\n",
			"note: no platform answers at http://127.0.0.1:1, so all text is hidden",
		},
		"a folder that has none": {
			[]string{"--limit", "1", "--contracts", t.TempDir()},
			"2026-11-21T11:58:00Z  0/0  ***  {\"id\":\"***\",\"mail\":\"***\",\"total\":7}\n",
			"is about topic shop.orders.orders.v1, so all text is hidden",
		},
		"revealed": {
			[]string{"--limit", "1", "--reveal", "-o", "wide"},
			"2026-11-21T11:58:00Z  0/0  A-1  {\"id\":\"A-1\",\"mail\":\"claire@mail.example\",\"total\":7}  -  schema=" + fmt.Sprint(s.id) + "\n", "",
		},
		"one JSON object a line": {
			[]string{"--since", "90s", "--contracts", s.folder, "-o", "json"},
			`{"topic":"shop.orders.orders.v1","partition":0,"offset":1,"timestamp":"2026-11-21T11:59:00Z","key":"A-2","value":null,"undecodable":{"reason":"frame.bad","message":"the value does not begin with a zero byte and a schema id","size":4}}` + "\n" +
				`{"topic":"shop.orders.orders.v1","partition":0,"offset":2,"timestamp":"2026-11-21T12:00:00Z","key":"A-3","tombstone":true,"value":null}` + "\n",
			"",
		},
		"names": {[]string{"--offset", "1", "--reveal", "-o", "name"}, "shop.orders.orders.v1/0/1\nshop.orders.orders.v1/0/2\n", ""},
	} {
		got := s.tidemark(t, append([]string{"tail", tailTopic, "--no-follow"}, c.args...)...)
		if got.out != c.out || !strings.Contains(got.err, c.err) || c.err == "" && got.err != "" {
			t.Errorf("%s: got %d\n%s%s\nwant\n%s%s", name, got.code, got.out, got.err, c.out, c.err)
		}
	}
}

// A port that is observed has another name than its topic.
func TestTailOfAnObservedPort(t *testing.T) {
	s := startShop(t)
	s.write(t, &kafka.Record{Topic: tailTopic, Key: []byte("A-1"), Value: s.order(t, "A-1", 7)})
	got := s.tidemark(t, "tail", "shop.watch.orders.v1", "--no-follow", "--platform", s.platform(t))
	if want := `0/0  A-1  {"id":"A-1","mail":"***","total":7}`; got.code != 0 || !strings.Contains(got.out, want) || got.err != "" {
		t.Errorf("got %+v, want %s", got, want)
	}
}

// A record key is shown only where it is the field that the contract says.
func TestTailHidesAKeyThatIsAnother(t *testing.T) {
	s := startShop(t)
	s.write(t, &kafka.Record{Topic: tailTopic, Key: []byte("claire@mail.example"), Value: s.order(t, "A-1", 7)})
	got := s.tidemark(t, "tail", tailTopic, "--no-follow", "--contracts", s.folder)
	if want := `0/0  ***  {"id":"A-1","mail":"***","total":7}`; got.code != 0 || !strings.Contains(got.out, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
}

// A name that the platform's API refuses has no contract; that is no failure.
func TestTailOfANameThatThePlatformRefuses(t *testing.T) {
	s := startShop(t)
	e := platform(t, portaltest.Shop())
	got := s.tidemark(t, "tail", "__consumer_offsets", "--no-follow", "--platform", e["TIDEMARK_PLATFORM"])
	if !strings.Contains(got.err, "knows no contract of topic __consumer_offsets, so all text is hidden") {
		t.Errorf("got %+v", got)
	}
}

// platform serves what the platform's API says of the port and its contract.
func (s *shop) platform(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	answer := func(path string, v any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v) })
	}
	answer("/api/v1/ports/"+tailTopic, map[string]any{"id": tailTopic, "contract_id": "urn:datamesh:shop:orders:orders:1"})
	answer("/api/v1/ports/shop.watch.orders.v1", map[string]any{"id": "shop.watch.orders.v1", "topic": tailTopic, "contract_id": "urn:datamesh:shop:orders:orders:1"})
	answer("/api/v1/contracts/urn:datamesh:shop:orders:orders:1", map[string]any{"id": "urn:datamesh:shop:orders:orders:1", "document": tailContract})
	listening := httptest.NewServer(mux)
	t.Cleanup(listening.Close)
	return listening.URL
}

func TestTailSaysWhatIsWrong(t *testing.T) {
	s := startShop(t)
	for name, c := range map[string]struct {
		args []string
		code int
		err  string
	}{
		"a topic that is not there": {[]string{"tail", "no.such.port.v1", "--reveal"}, 1, "\"tidemark get ports\" lists what there is"},
		"no broker":                 {[]string{"tail", tailTopic, "--reveal", "--brokers", "127.0.0.1:1"}, 1, "say where it is with --brokers"},
		"a broker without a port":   {[]string{"tail", tailTopic, "--brokers", "localhost"}, 2, "is not host:port"},
		"a registry that is none":   {[]string{"tail", tailTopic, "--registry", "localhost"}, 2, "needs http://"},
		"two places to begin":       {[]string{"tail", tailTopic, "--from-beginning", "-n", "3"}, 2, "none of the others can be"},
		"a time that is none":       {[]string{"tail", tailTopic, "--since", "yesterday"}, 2, "neither an age such as 5m"},
		"a negative number":         {[]string{"tail", tailTopic, "-n", "-1"}, 2, "not negative"},
		"no folder":                 {[]string{"tail", tailTopic, "--contracts", "/no/such"}, 2, "no such file"},
		"no port":                   {[]string{"tail"}, 2, "accepts 1 arg"},
	} {
		got := s.tidemark(t, c.args...)
		if got.code != c.code || !strings.Contains(got.err, c.err) || got.out != "" {
			t.Errorf("%s: got %d %q %q, want %d %q", name, got.code, got.out, got.err, c.code, c.err)
		}
	}
}

func TestTailOfARegistryThatIsAway(t *testing.T) {
	s := startShop(t)
	s.write(t, &kafka.Record{Topic: tailTopic, Value: s.order(t, "A-1", 7)})
	got := s.tidemark(t, "tail", tailTopic, "--reveal", "--registry", "http://127.0.0.1:1")
	if got.code != 1 || !strings.Contains(got.err, "say where the schema registry is with --registry") {
		t.Errorf("got %d %q", got.code, got.err)
	}
}
