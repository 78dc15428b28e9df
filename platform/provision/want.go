package provision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Wanted is what contracts ask for. It does not change and is safe for concurrent use.
type Wanted struct {
	options   Options
	resources map[Resource]wish
	domains   map[string]bool              // that the contracts speak for
	products  map[string]bool              // ids of data products
	external  map[string]bool              // topics that are read and that no data product publishes
	guards    map[string]string            // output topics of guards, and their input topics
	keyed     map[string]bool              // topics whose records are ordered by a key
	about     map[Resource][]string        // topics that a descriptor speaks of, and that are made by these contracts
	topics    map[string]map[string]string // settings of topics
}

// wish is how a resource should be, and why.
type wish struct {
	to     State
	why    string
	schema *avro.Schema
	step   Step // what a step carries beside
}

// controlProduct is the data product that the control topics are. The platform runs it, without an instance.
const (
	controlProduct = "platform.mesh"
	controlDomain  = "platform"
	controlWhy     = "the control plane"
)

// Kafka's names of topic settings.
const (
	cleanupPolicy   = "cleanup.policy"
	retentionMillis = "retention.ms"
	retentionBytes  = "retention.bytes"
	minInSync       = "min.insync.replicas"
	maxMessage      = "max.message.bytes"
	compact         = "compact"
)

// Want finds out what contracts ask for, without a network. The control schemas are those of contracts, platform/mesh/*.avsc, or
// those that come with this binary where it has none.
func Want(set *contract.Set, control fs.FS, o Options) (*Wanted, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	w := &Wanted{
		options: o, resources: make(map[Resource]wish), domains: make(map[string]bool), products: make(map[string]bool),
		external: make(map[string]bool), guards: make(map[string]string), keyed: make(map[string]bool),
		topics: make(map[string]map[string]string), about: make(map[Resource][]string),
	}
	for _, p := range set.DataProducts() {
		w.domains[p.Domain], w.products[p.ID] = true, true
	}
	if err := o.Principals.distinct(slices.Sorted(maps.Keys(w.domains)), o.Operators); err != nil {
		return nil, err
	}
	if err := w.controlTopics(control); err != nil {
		return nil, err
	}
	for _, p := range set.DataProducts() {
		if p.ID != controlProduct {
			w.product(set, p)
		}
	}
	if !o.NoAccess {
		w.access(set)
	}
	return w, nil
}

// controlTopics are needed by everything that runs.
func (w *Wanted) controlTopics(control fs.FS) error {
	control = controlSchemas(control)
	tier := contract.Tiers()[0]
	for _, t := range bus.ControlTopics() {
		settings := maps.Clone(t.Config)
		w.topic(t.Name, t.Partitions, tier.Replicas, tier, settings, controlWhy)
		file := "platform/mesh/" + strings.TrimPrefix(t.Name, controlProduct+".") + ".avsc"
		text, err := fs.ReadFile(control, file)
		if err != nil {
			return fmt.Errorf("schema of topic %s: %w", t.Name, err)
		}
		schema, err := avro.Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		w.subject(t.Name, avro.FullTransitive, schema, controlWhy)
	}
	return nil
}

// product wants what a data product needs to run: the topics that only it writes, and that it is known.
func (w *Wanted) product(set *contract.Set, p *contract.DataProduct) {
	why := w.options.file(p.File)
	self := w.describe(p.ID, p.Version, p.Raw, "", string(p.Mode()), why)
	for _, port := range p.InputPorts {
		c, ok := set.Contract(port.ContractID)
		if !ok {
			continue
		}
		w.describe(c.ID, c.Version, c.Raw, c.Schema().String(), "", w.options.file(c.File))
		if _, _, ours := set.Publisher(c.ID); !ours {
			w.external[c.Topic()] = true
		}
		if p.Mode() == contract.Guard {
			for _, out := range p.OutputPorts {
				if o, ok := set.Contract(out.ContractID); ok {
					w.guards[o.Topic()] = c.Topic()
				}
			}
		}
	}
	for _, port := range p.OutputPorts {
		if c, ok := set.Contract(port.ContractID); ok {
			file := w.options.file(c.File)
			port := w.describe(c.ID, c.Version, c.Raw, c.Schema().String(), "", file)
			w.about[port], w.about[self] = []string{c.Topic()}, append(w.about[self], c.Topic())
			w.topic(c.Topic(), c.Partitions(), c.Replicas(), c.Tier(), portSettings(c), file)
			w.subject(c.Topic(), c.Compatibility(), c.Schema(), file)
			w.keyed[c.Topic()] = len(c.Key()) > 0
		}
	}
	if p.Mode() == contract.Transform || p.Mode() == contract.Guard {
		for _, name := range []string{event.DeadLetterTopic(p.ID), event.RetryTopic(p.ID)} {
			w.topic(name, 1, contract.Tiers()[0].Replicas, contract.Tiers()[0], map[string]string{
				cleanupPolicy: "delete", retentionMillis: rejectsRetention, maxMessage: strconv.Itoa(kafka.RejectBytes),
			}, why)
			w.about[self] = append(w.about[self], name)
		}
	}
}

// rejectsRetention is 30 days in milliseconds, as the data products themselves create these topics.
const rejectsRetention = "2592000000"

// portSettings are what a contract's promises come to. A setting that is "" is to be the brokers' own: what an earlier
// version of the contract asked for must not linger.
func portSettings(c *contract.Contract) map[string]string {
	if c.Compacted() {
		return map[string]string{cleanupPolicy: compact} // nothing goes by its age
	}
	s := map[string]string{cleanupPolicy: "delete", retentionMillis: "", retentionBytes: ""}
	if keep := c.SLA().Retention; keep > 0 {
		s[retentionMillis] = strconv.FormatInt(keep.Milliseconds(), 10)
		s[retentionBytes] = "-1" // or it would go before its time
	}
	return s
}

func (w *Wanted) topic(name string, partitions, replicas int, tier contract.Tier, settings map[string]string, why string) {
	if w.options.Replicas > 0 {
		replicas = w.options.Replicas
	}
	settings[minInSync] = strconv.Itoa(inSync(tier, replicas))
	to := State{propPartitions: strconv.Itoa(partitions), propReplicas: strconv.Itoa(replicas)}
	for k, v := range settings {
		if v != "" {
			to[k] = v
		}
	}
	w.topics[name] = settings
	w.resources[Resource{Kind: Topic, Name: name}] = wish{to: to, why: why}
}

// inSync is the tier's, where there are as many replicas as the tier has; else all but one of what there is, since one
// broker may always be away.
func inSync(tier contract.Tier, replicas int) int {
	if replicas >= tier.Replicas {
		return tier.InSync
	}
	return max(1, replicas-1)
}

func (w *Wanted) subject(topic string, level avro.Level, schema *avro.Schema, why string) {
	name := topic + "-value"
	w.resources[Resource{Kind: Level, Name: name}] = wish{to: State{propLevel: string(level)}, why: why}
	w.resources[Resource{Kind: Schema, Name: name}] = wish{
		to: State{propDigest: digest(schema.String())}, why: why, schema: schema, step: Step{SchemaText: schema.String()},
	}
}

func (w *Wanted) describe(id, version string, raw []byte, schema, mode, why string) Resource {
	r := Resource{Kind: Descriptor, Name: id + "@" + version}
	w.resources[r] = wish{
		to:  State{propDigest: digest(string(raw), schema)},
		why: why, step: Step{Document: string(raw), SchemaText: schema, Mode: mode},
	}
	return r
}

// digest is sha256:<hex> of texts. A zero byte between them keeps what is one's from being the other's.
func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// sorted are the wanted resources of some kinds, or of all, in a fixed order.
func (w *Wanted) sorted(kinds ...Kind) []Resource {
	var all []Resource
	for r := range w.resources {
		if len(kinds) == 0 || slices.Contains(kinds, r.Kind) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Resource) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), compareResources(a, b)) })
	return all
}

// ACLs are the ACLs that are wanted, one for each operation, in a fixed order.
func (w *Wanted) ACLs() []kafka.ACL {
	var acls []kafka.ACL
	for _, r := range w.sorted(ACL) {
		acls = append(acls, bindings(r, operationsOf(w.resources[r].to))...)
	}
	return acls
}
