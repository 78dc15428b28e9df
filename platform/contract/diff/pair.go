package diff

import "github.com/tidemark-mesh/tidemark/platform/contract"

// pairDiff collects the changes of one pair.
type pairDiff struct {
	*comparer
	pair Pair
	told []string // properties of ours of which a change was said
}

// at adds a change that stands in NEW.
func (d *pairDiff) at(rule string, in contract.Place, key, format string, args ...any) {
	d.pair.Changes = append(d.pair.Changes, d.change(rule, newPlace(d.pair.NewFile, in, key), format, args...))
}

// was adds a change that stands in OLD, because it is gone in NEW; from is what it is gone from.
func (d *pairDiff) was(rule string, gone, from spot, format string, args ...any) {
	at := oldPlace(d.pair.OldFile, gone.Place, gone.key)
	at.from = newPlace(d.pair.NewFile, from.Place, from.key).span()
	d.pair.Changes = append(d.pair.Changes, d.change(rule, at, format, args...))
}

// ends adds the end of something that is gone: what to do instead goes by its deprecation.
func (d *pairDiff) ends(rule string, end deprecation, gone, from spot, format string, args ...any) {
	d.was(rule, gone, from, format, args...)
	end.advise(&d.pair.Changes[len(d.pair.Changes)-1])
}
