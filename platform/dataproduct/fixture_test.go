package dataproduct_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// A tiny shop: a till that publishes sales, and what is made of them.

type Sale struct {
	ID    string    `avro:"id"`
	At    time.Time `avro:"at"`
	Cents int64     `avro:"cents"`
	Note  *string   `avro:"note"`
}

const saleSchema = `{"type": "record", "name": "Sale", "fields": [
  {"name": "id", "type": "string"},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "cents", "type": "long"},
  {"name": "note", "type": ["null", "string"], "default": null}]}`

// port is a port of the fixture and its contract's settings.
type port struct {
	id        string // <domain>.<product>.<port>
	compacted bool
	maximum   int // of cents; 0 none
	unique    bool
	quality   string // of the note: rules, each {...} in a list
	extra     string // more custom properties, a line each
}

func (p port) topic() string { return p.id + ".v1" }
func (p port) urn() string   { return "urn:datamesh:" + strings.ReplaceAll(p.id, ".", ":") + ":1" }

func (p port) contract() string {
	domain, _, _ := strings.Cut(p.id, ".")
	maximum := ""
	if p.maximum > 0 {
		maximum = fmt.Sprintf(", maximum: %d", p.maximum)
	}
	unique := ""
	if p.unique {
		unique = ", unique: true"
	}
	return fmt.Sprintf(`
apiVersion: v3.1.0
kind: DataContract
id: %s
name: Sales
version: 1.0.0
status: active
domain: %s
schema:
  - name: Sale
    physicalName: %s
    physicalType: topic
    logicalType: object
    properties:
      - {name: id, logicalType: string, physicalType: string, required: true%s}
      - {name: at, logicalType: timestamp, physicalType: timestamp-millis, required: true}
      - {name: cents, logicalType: integer, physicalType: long, required: true, logicalTypeOptions: {minimum: 0%s}}
      - {name: note, logicalType: string, physicalType: string, logicalTypeOptions: {maxLength: 5}, quality: [%s]}
team: {name: shop-team}
customProperties:
  - {property: tidemark.key, value: id}
  - {property: tidemark.eventTime, value: at}
  - {property: tidemark.lateness, value: P1D}
  - {property: tidemark.partitions, value: 2}
  - {property: tidemark.compacted, value: %t}
%s`, p.urn(), domain, p.topic(), unique, maximum, p.quality, p.compacted, p.extra)
}

func ports(list []port) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "\n  - {name: %s, version: 1.0.0, contractId: %q}", p.id[strings.LastIndex(p.id, ".")+1:], p.urn())
	}
	return b.String()
}

// product is a data product of the fixture.
type product struct {
	id, mode string
	in, out  []port
	extra    string // more custom properties, a line each
}

func (p product) file() string {
	domain, _, _ := strings.Cut(p.id, ".")
	text := fmt.Sprintf(`
apiVersion: v1.0.0
kind: DataProduct
id: %s
name: %s
version: 1.0.0
status: active
domain: %s
team: {name: shop-team}
`, p.id, p.id, domain)
	if len(p.in) > 0 {
		text += "inputPorts:" + ports(p.in) + "\n"
	}
	if len(p.out) > 0 {
		text += "outputPorts:" + ports(p.out) + "\n"
	}
	return text + "customProperties:\n  - {property: tidemark.mode, value: " + p.mode + "}\n" + p.extra
}

// files lays out products and their output ports' contracts, with the real control contracts beside them.
func files(t *testing.T, products ...product) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, p := range products {
		dir := strings.ReplaceAll(p.id, ".", "/")
		fsys[dir+"/product.odps.yaml"] = &fstest.MapFile{Data: []byte(p.file())}
		for _, o := range p.out {
			name := o.id[strings.LastIndex(o.id, ".")+1:]
			fsys[dir+"/"+name+".v1.odcs.yaml"] = &fstest.MapFile{Data: []byte(o.contract())}
			fsys[dir+"/"+name+".v1.avsc"] = &fstest.MapFile{Data: []byte(saleSchema)}
		}
	}
	return fsys
}

// till is where sales come from.
func till() product {
	return product{id: "shop.till", mode: "source", out: []port{{id: "shop.till.sales"}}}
}

// bench is a mesh with the fixture's input topic on it.
type bench struct {
	*dataproducttest.Mesh
	t     *testing.T
	files fstest.MapFS
	set   *contract.Set
	id    int // of the sales' schema
	codec *avro.Codec[Sale]
}

func newBench(t *testing.T, products ...product) *bench {
	t.Helper()
	return newBenchOn(t, dataproducttest.NewMesh(t), products...)
}

func newBenchOn(t *testing.T, mesh *dataproducttest.Mesh, products ...product) *bench {
	t.Helper()
	b := &bench{Mesh: mesh, t: t, files: files(t, products...)}
	set, findings := contract.Load(b.files)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	b.set = set
	c, ok := set.Contract("urn:datamesh:shop:till:sales:1")
	if !ok {
		t.Fatal("the fixture has no till")
	}
	b.id = b.Provide(c)
	var err error
	if b.codec, err = avro.NewCodec[Sale](c.Schema()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) config(instance string) dataproduct.Config {
	cfg := b.Config(b.files, instance)
	cfg.Control = control
	return cfg
}

// sale makes a good record; tweak may spoil it.
func (b *bench) sale(partition int32, s Sale) *kafka.Record {
	b.t.Helper()
	if s.At.IsZero() {
		s.At = time.Now()
	}
	payload, err := b.codec.Append(nil, &s)
	if err != nil {
		b.t.Fatal(err)
	}
	r := &kafka.Record{Topic: "shop.till.sales.v1", Key: []byte(s.ID), Value: dataproducttest.Frame(b.id, payload)}
	kafka.Pin(r, partition)
	return r
}

// sales writes good records to a partition: one key for each partition, counted by their cents.
func (b *bench) sales(partition int32, from, to int) {
	b.t.Helper()
	for i := from; i < to; i++ {
		b.Write(b.sale(partition, Sale{ID: fmt.Sprint("p", partition), Cents: int64(i)}))
	}
}

// once checks that a topic has the first n0 sales of partition 0 and the first n1 of partition 1, each once and
// per key in order.
func (b *bench) once(topic string, n0, n1 int) {
	b.t.Helper()
	c, _ := b.set.Contract("urn:datamesh:shop:till:sales:1")
	decoder, err := b.codec.For(c.Schema())
	if err != nil {
		b.t.Fatal(err)
	}
	next := map[string]int64{}
	for _, r := range b.Read(topic, n0+n1) {
		var s Sale
		if err := decoder.Decode(r.Value[5:], &s); err != nil {
			b.t.Fatal(err)
		}
		if s.Cents != next[s.ID] {
			b.t.Errorf("%s: %s came as number %d where %d was next", topic, s.ID, s.Cents, next[s.ID])
		}
		next[s.ID] = s.Cents + 1
	}
	if next["p0"] != int64(n0) || next["p1"] != int64(n1) {
		b.t.Errorf("%s has %v, want %d and %d", topic, next, n0, n1)
	}
}

// ids are the sales' ids on a topic, in the order of each partition.
func (b *bench) ids(topic string, n int) []string {
	b.t.Helper()
	var ids []string
	for _, r := range b.Read(topic, n) {
		ids = append(ids, string(r.Key))
	}
	return ids
}

func header(r *kafka.Record, name string) string {
	for _, h := range r.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}

func same(a, b *kafka.Record) bool { return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Value, b.Value) }

func number(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// blinking is a client of the registry through a door that answers 500 for one schema id while away says so,
// and afterwards gives that id the sales' schema.
func (b *bench) blinking(id int, away *atomic.Bool) *registry.Client {
	b.t.Helper()
	target, err := url.Parse(b.RegistryURL)
	if err != nil {
		b.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked := fmt.Sprintf("/schemas/ids/%d", id); strings.HasPrefix(r.URL.Path, asked) {
			if away.Load() {
				http.Error(w, `{"error_code": 50001, "message": "store away"}`, http.StatusInternalServerError)
				return
			}
			r.URL.Path = fmt.Sprintf("/schemas/ids/%d", b.id)
		}
		proxy.ServeHTTP(w, r)
	}))
	b.t.Cleanup(door.Close)
	client, err := registry.New(registry.Config{URLs: []string{door.URL}})
	if err != nil {
		b.t.Fatal(err)
	}
	return client
}
