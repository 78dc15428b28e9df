package diff

import "github.com/tidemark-mesh/tidemark/platform/contract"

// pairDiff collects the changes of one pair.
type pairDiff struct {
	*comparer
	pair Pair
}

// at adds a change that stands in NEW.
func (d *pairDiff) at(rule string, in contract.Place, key, format string, args ...any) {
	d.pair.Changes = append(d.pair.Changes, d.change(rule, newPlace(d.pair.NewFile, in, key), format, args...))
}

// was adds a change that stands in OLD, because it is gone in NEW.
func (d *pairDiff) was(rule string, in contract.Place, key, format string, args ...any) {
	d.pair.Changes = append(d.pair.Changes, d.change(rule, oldPlace(d.pair.OldFile, in, key), format, args...))
}

// tidemark compares the properties of ours that two files have.
type tidemark struct {
	*pairDiff
	before, after []contract.CustomProperty
}

// differs adds a change of a property, where what it comes to (its default where it is not said) differs.
func (t tidemark) differs(rule, property, old, now string) {
	if old == now {
		return
	}
	if p := custom(t.after, property); p != nil {
		t.at(rule, p.Place, "value", "%s is %s, was %s", property, orNone(now), orNone(old))
	} else if p := custom(t.before, property); p != nil {
		t.was(rule, p.Place, "value", "%s is %s, was %s", property, orNone(now), orNone(old))
	}
}

// delivery compares what is promised about repetition.
func (t tidemark) delivery(old, now contract.Delivery) {
	rule := "delivery.tightened"
	if now == contract.AtLeastOnce {
		rule = "delivery.loosened"
	}
	t.differs(rule, "tidemark.delivery", string(old), string(now))
}
