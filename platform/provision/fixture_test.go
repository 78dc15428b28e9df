package provision_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// port is one output port of a data product, or the contract of a topic that somebody else writes.
type port struct {
	id     string // <domain>.<product>.<port>
	topic  string // "" is <id>.v1
	fields string // more Avro fields
	props  string // the same in the contract, a line each
	extra  string // custom properties, and what else is at the top of the file
	keep   int    // days of retention; 0 says nothing
}

func (p port) name() string {
	if p.topic != "" {
		return p.topic
	}
	return p.id + ".v1"
}

func (p port) urn() string { return "urn:datamesh:" + strings.ReplaceAll(p.id, ".", ":") + ":1" }

func (p port) contract() string {
	domain, _, _ := strings.Cut(p.id, ".")
	retention := ""
	if p.keep > 0 {
		retention = fmt.Sprintf("slaProperties: [{property: retention, value: %d, unit: days}]\n", p.keep)
	}
	return fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: %s
version: 1.0.0
status: active
domain: %s
team: {name: %s-team}
schema:
  - name: Item
    physicalName: %s
    physicalType: topic
    logicalType: object
    properties:
      - {name: id, logicalType: string, physicalType: string, required: true}
%s%scustomProperties:
  - {property: tidemark.key, value: id}
%s`, p.urn(), domain, domain, p.name(), p.props, retention, p.extra)
}

func (p port) schema() string {
	return `{"type": "record", "name": "Item", "fields": [{"name": "id", "type": "string"}` + p.fields + `]}`
}

// product is a data product.
type product struct {
	id, mode string
	inputs   []port
	outputs  []port
	extra    string // custom properties, a line each
}

func (p product) odps() string {
	domain, _, _ := strings.Cut(p.id, ".")
	ports := func(title string, all []port) string {
		if len(all) == 0 {
			return ""
		}
		text := title + ":\n"
		for _, port := range all {
			parts := strings.Split(port.id, ".")
			text += fmt.Sprintf("  - {name: %s, version: 1.0.0, contractId: %q}\n", parts[len(parts)-1], port.urn())
		}
		return text
	}
	return fmt.Sprintf(`apiVersion: v1.0.0
kind: DataProduct
id: %s
name: %s
version: 1.0.0
status: active
domain: %s
team: {name: %s-team}
%s%scustomProperties:
  - {property: tidemark.mode, value: %s}
%s`, p.id, p.id, domain, domain, ports("inputPorts", p.inputs), ports("outputPorts", p.outputs), p.mode, p.extra)
}

// tree writes data products, with the contracts of topics that are not theirs.
func tree(external []port, products ...product) fstest.MapFS {
	files := fstest.MapFS{}
	put := func(base string, p port) {
		files[base+".odcs.yaml"] = &fstest.MapFile{Data: []byte(p.contract())}
		files[base+".avsc"] = &fstest.MapFile{Data: []byte(p.schema())}
	}
	for _, p := range external {
		put("external/"+strings.ReplaceAll(p.id, ".", "-"), p)
	}
	for _, p := range products {
		folder := strings.ReplaceAll(p.id, ".", "/")
		files[folder+"/product.odps.yaml"] = &fstest.MapFile{Data: []byte(p.odps())}
		for _, out := range p.outputs {
			parts := strings.Split(out.id, ".")
			put(folder+"/"+parts[2]+".v1", out)
		}
	}
	return files
}

// The shop: a till that sells, books that guard the sales, a desk that watches what an old system writes.
var (
	sales   = port{id: "till.sales.items", keep: 7, extra: "  - {property: tidemark.partitions, value: 2}\n"}
	entries = port{id: "books.ledger.entries", keep: 30, extra: "  - {property: tidemark.partitions, value: 2}\n  - {property: tidemark.slaTier, value: premium}\n"}
	legacy  = port{id: "old.erp.orders", topic: "erp-orders"}
)

func shop() []product {
	return []product{
		{id: "till.sales", mode: "source", outputs: []port{sales}},
		{id: "books.ledger", mode: "guard", inputs: []port{sales}, outputs: []port{entries}},
		{id: "books.desk", mode: "observe", inputs: []port{legacy}},
	}
}

func shopTree() fstest.MapFS { return tree([]port{legacy}, shop()...) }

func wanted(t *testing.T, files fstest.MapFS, o provision.Options) *provision.Wanted {
	t.Helper()
	w, err := want(t, files, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func want(t *testing.T, files fstest.MapFS, o provision.Options) (*provision.Wanted, error) {
	t.Helper()
	set, findings := contract.Load(files)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	return provision.Want(set, files, o)
}

// world is a broker that checks rights, and a registry.
type world struct {
	*provision.Cluster
	kafka    kafka.Config
	admin    *kafka.Admin
	registry *registry.Client
	cluster  *kfake.Cluster
}

const superuser = "root"

// now is the tests' time.
func now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func newWorld(t *testing.T, env map[string]string) *world {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.EnableACLs(),
		kfake.Superuser(kafka.ScramSHA512, superuser, "secret"),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w := &world{cluster: cluster, registry: registrytest.Client(t)}
	w.kafka = w.as(superuser, "secret")
	if w.admin, err = kafka.NewAdmin(w.kafka); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.admin.Close)
	w.Cluster, err = provision.Open(provision.Config{
		Kafka: w.kafka, Registry: w.registry, Clock: now,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// as is how a user reaches the brokers.
func (w *world) as(user, password string) kafka.Config {
	return kafka.Config{Brokers: w.cluster.ListenAddrs(), Security: kafka.Security{
		Mechanism: kafka.ScramSHA512, Username: user, Password: security.SecretValue(password),
	}}
}

func (w *world) plan(t *testing.T, wanted *provision.Wanted) *provision.Plan {
	t.Helper()
	p, err := w.Plan(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// apply plans and applies, and expects nothing to be left.
func (w *world) apply(t *testing.T, wanted *provision.Wanted) *provision.Plan {
	t.Helper()
	p := w.plan(t, wanted)
	if _, err := w.Apply(t.Context(), p, provision.ApplyOptions{AllowDataLoss: true}); err != nil {
		t.Fatal(err)
	}
	if left := w.plan(t, wanted); len(left.Steps) > 0 {
		t.Fatalf("after the apply there is still %v to do, such as %+v", left.Summary(), left.Steps[0])
	}
	return p
}

// steps are a plan's steps by what they are about.
func steps(p *provision.Plan) map[string]provision.Step {
	all := make(map[string]provision.Step)
	for _, s := range p.Steps {
		all[string(s.Action)+" "+string(s.Kind)+" "+s.Resource.String()] = s
	}
	return all
}

// held are the steps that are held back, likewise.
func held(p *provision.Plan) map[string]provision.Held {
	all := make(map[string]provision.Held)
	for _, h := range p.Held {
		all[string(h.Action)+" "+string(h.Kind)+" "+h.Resource.String()] = h
	}
	return all
}

func names[V any](m map[string]V) string {
	return strings.Join(sortedKeys(m), "\n")
}

func sortedKeys[V any](m map[string]V) []string {
	return sorted(maps.Keys(m))
}
