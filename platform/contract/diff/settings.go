package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// settings compares what stands in tidemark. properties.
func (d *contractDiff) settings() {
	t := tidemark{&d.pairDiff, d.old.CustomProperties, d.now.CustomProperties, d.now.Place}
	t.differs("contract.key", "tidemark.key", strings.Join(d.old.Key(), "."), strings.Join(d.now.Key(), "."))
	t.differs("contract.event-time", "tidemark.eventTime", strings.Join(d.old.EventTime(), "."), strings.Join(d.now.EventTime(), "."))
	t.differs("contract.compacted", "tidemark.compacted", text(d.old.Compacted()), text(d.now.Compacted()))
	partitions := "contract.partitions"
	if d.now.Partitions() < d.old.Partitions() {
		partitions = "contract.partitions-fewer"
	}
	t.differs(partitions, "tidemark.partitions", text(d.old.Partitions()), text(d.now.Partitions()), "tidemark.slaTier")
	t.differs(way("contract.replicas", cmp.Compare(d.now.Replicas(), d.old.Replicas())), "tidemark.replicas", text(d.old.Replicas()), text(d.now.Replicas()), "tidemark.slaTier")
	t.differs(way("contract.tier", tierRank(d.now)-tierRank(d.old)), "tidemark.slaTier", string(d.old.Tier().Name), string(d.now.Tier().Name))
	t.compatibility(d.old.Compatibility(), d.now.Compatibility())
	t.differs("contract.breaker", "tidemark.breaker", text(d.old.Breaker()), text(d.now.Breaker()))
	t.delivery(d.old.Delivery(), d.now.Delivery())
	lateness := "rule.tightened"
	if now := d.now.Lateness(); now == 0 || d.old.Lateness() > 0 && now > d.old.Lateness() {
		lateness = "rule.loosened"
	}
	t.differs(lateness, "tidemark.lateness", duration(d.old.Lateness()), duration(d.now.Lateness()))
	t.differs("quality.changed", "tidemark.qualityWindow", brief(text(d.old.QualityWindow())), brief(text(d.now.QualityWindow())))
	d.uniqueness(t)
	t.differs("contract.verdict", "tidemark.verdict", value(d.old.CustomProperties, "tidemark.verdict"), value(d.now.CustomProperties, "tidemark.verdict"))
}

// uniqueness: who looks further back refuses more duplicates.
func (d *contractDiff) uniqueness(t tidemark) {
	old, now := d.old.UniquenessWindow(), d.now.UniquenessWindow()
	rule := "rule.changed"
	switch {
	case len(d.old.Uniques())+len(d.now.Uniques()) == 0:
		rule = "doc.changed" // there is nothing that it is about
	case now.Records > old.Records && now.Age == old.Age, now.Age > old.Age && now.Records == old.Records:
		rule = "rule.tightened"
	case now.Age == old.Age, now.Records == old.Records:
		rule = "rule.loosened"
	}
	t.differs(rule, "tidemark.uniquenessWindow", brief(text(old)), brief(text(now)))
}

// way is the rule of more or of less of something.
func way(of string, by int) string {
	if by > 0 {
		return of + "-raised"
	}
	return of + "-lowered"
}

// tierRank orders tiers, the least first.
func tierRank(c *contract.Contract) int {
	return slices.IndexFunc(contract.Tiers(), func(t contract.Tier) bool { return t.Name == c.Tier().Name })
}

// tidemark compares the properties of ours that two files have.
type tidemark struct {
	*pairDiff
	before, after []contract.CustomProperty
	document      contract.Place // NEW's
}

// differs adds a change of a property, where what it comes to (its default where it is not said) differs. It stands where
// the property does, or else at another that its default comes from.
func (t tidemark) differs(rule, property, old, now string, sources ...string) {
	if old == now {
		return
	}
	t.told = append(t.told, property)
	for _, name := range append([]string{property}, sources...) {
		if p := custom(t.after, name); p != nil {
			t.at(rule, p.Place, "value", "%s is %s, was %s", property, orNone(now), orNone(old))
			return
		}
		if p := custom(t.before, name); p != nil {
			t.was(rule, spot{p.Place, "value"}, spot{t.document, "customProperties"}, "%s is %s, was %s", property, orNone(now), orNone(old))
			return
		}
	}
}

// compatibility compares what later schemas have to be. Who gives up one demand for another gives one up.
func (t tidemark) compatibility(old, now avro.Level) {
	rule := "contract.compatibility-lowered"
	if demandsOf(now)&demandsOf(old) == demandsOf(old) {
		rule = "contract.compatibility-raised"
	}
	t.differs(rule, "tidemark.compatibility", string(old), string(now))
}

// demandsOf are what a level demands, as bits: new schemas read old records, old ones read new records, and both of all
// versions instead of the last one.
func demandsOf(l avro.Level) (bits int) {
	text, all := strings.CutSuffix(string(l), "_TRANSITIVE")
	switch avro.Level(text) {
	case avro.Backward:
		bits = 1
	case avro.Forward:
		bits = 2
	case avro.Full:
		bits = 3
	}
	if all {
		bits |= bits << 2
	}
	return bits
}

// delivery compares what is promised about repetition.
func (t tidemark) delivery(old, now contract.Delivery) {
	rule := "delivery.tightened"
	if now == contract.AtLeastOnce {
		rule = "delivery.loosened"
	}
	t.differs(rule, "tidemark.delivery", string(old), string(now))
}

// value is a property's text, "" where it is not said.
func value(properties []contract.CustomProperty, name string) string {
	if p := custom(properties, name); p != nil {
		return p.Value.Text
	}
	return ""
}

func custom(properties []contract.CustomProperty, name string) *contract.CustomProperty {
	i := slices.IndexFunc(properties, func(p contract.CustomProperty) bool { return p.Property == name })
	if i < 0 {
		return nil
	}
	return &properties[i]
}
