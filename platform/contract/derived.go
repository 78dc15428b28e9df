package contract

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// What Tidemark derives from the standards' fields:
//
//	of a Contract   from
//	Topic           schema[0].physicalName, where physicalType is topic
//	Major           version, the number before the first dot
//	Schema          the .avsc file beside the contract
//	Owner           team.name, or the member whose role is owner
//	Key, EventTime, Lateness, Partitions, Compacted, Delivery, Breaker
//	                customProperties tidemark.*, see Properties
//	SLA             slaProperties
//	Classified      classification of every property
//	Digest          sha256 of the file
//
//	of a DataProduct
//	Product         id, what follows the domain
//	Major           version
//	Mode, Instances, Filters, Delivery, Breaker
//	                customProperties tidemark.*

// Topic is the Kafka topic that the contract is about; "" if it is about something else.
func (c *Contract) Topic() string {
	if len(c.Objects) != 1 || c.Objects[0].PhysicalType != "topic" {
		return ""
	}
	return c.Objects[0].PhysicalName
}

// Major is the contract's major version; -1 where version is not semantic.
func (c *Contract) Major() int { return major(c.Version) }

// Schema is the Avro schema of the file beside the contract; nil if the contract was parsed on its own (see Bind).
func (c *Contract) Schema() *avro.Schema { return c.schema }

// Key is the path of the field that is the record key; nil if the contract names none.
func (c *Contract) Key() []string { return slices.Clone(c.settings.key) }

// EventTime is the path of the field that says when it happened; nil if the contract names none.
func (c *Contract) EventTime() []string { return slices.Clone(c.settings.eventTime) }

// Lateness is how much older than the partition's newest event time a record may be; 0 means any age.
func (c *Contract) Lateness() time.Duration { return c.settings.lateness }

// Partitions is how many partitions the topic has; its tier's where the contract does not say.
func (c *Contract) Partitions() int { return cmp.Or(c.settings.partitions, c.Tier().Partitions) }

// Compacted tells whether the topic keeps the newest record of each key, and a null value deletes.
func (c *Contract) Compacted() bool { return c.settings.compacted }

// VerdictRequired tells that the data product may not start before the policies have judged this contract.
func (c *Contract) VerdictRequired() bool { return c.settings.verdict }

// Delivery is what the contract promises about repetition.
func (c *Contract) Delivery() Delivery { return c.settings.delivery }

// Breaker says when too much is rejected to go on.
func (c *Contract) Breaker() Breaker { return c.settings.breaker }

// Owner is the owning team's name, or the owner's; "" if the contract names none.
func (c *Contract) Owner() string { return c.Team.owner() }

// SLA is what slaProperties promise, in units of its own.
func (c *Contract) SLA() SLA { return c.sla }

// Samples are the good and bad examples of records beside the contract.
func (c *Contract) Samples() []Sample { return slices.Clone(c.samples) }

// Digest is sha256:<hex> of the file's bytes.
func (c *Contract) Digest() string { return digest(c.Raw) }

// Product is the id without the domain.
func (p *DataProduct) Product() string {
	_, product, _ := strings.Cut(p.ID, ".")
	return product
}

// Major is the data product's major version; -1 where version is not semantic.
func (p *DataProduct) Major() int { return major(p.Version) }

// Mode is how it runs.
func (p *DataProduct) Mode() Mode { return p.settings.mode }

// Instances is how many instances should run it; 1 where it does not say.
func (p *DataProduct) Instances() int { return p.settings.instances }

// Filters are the declared filters by which a transform may drop an event.
func (p *DataProduct) Filters() []string { return slices.Clone(p.settings.filters) }

// Delivery is what a crash may do to the output; its output ports' contracts say where it does not.
func (p *DataProduct) Delivery() Delivery { return p.settings.delivery }

// Breaker says when too much is rejected to go on; its output ports' contracts say where it does not.
func (p *DataProduct) Breaker() Breaker { return p.settings.breaker }

// Owner is the owning team's name, or the owner's; "" if the file names none.
func (p *DataProduct) Owner() string { return p.Team.owner() }

// Digest is sha256:<hex> of the file's bytes.
func (p *DataProduct) Digest() string { return digest(p.Raw) }

// Input is the input port of that name.
func (p *DataProduct) Input(name string) (Port, bool) { return portNamed(p.InputPorts, name) }

// Output is the output port of that name.
func (p *DataProduct) Output(name string) (Port, bool) { return portNamed(p.OutputPorts, name) }

// Major is the port's major version; -1 where it has none.
func (p Port) Major() int { return major(p.Version) }

func portNamed(ports []Port, name string) (Port, bool) {
	i := slices.IndexFunc(ports, func(p Port) bool { return p.Name == name })
	if i < 0 {
		return Port{}, false
	}
	return ports[i], true
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// major is the first number of a semantic version (v1.2.3 or 1.2.3), -1 if it is not one.
func major(version string) int {
	first, rest, ok := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if !ok || rest == "" {
		return -1
	}
	n, err := strconv.ParseUint(first, 10, 31)
	if err != nil || strconv.FormatUint(n, 10) != first {
		return -1
	}
	return int(n)
}

func equalFold(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(s, w) })
}
