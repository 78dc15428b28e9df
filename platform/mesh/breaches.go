package mesh

import (
	"cmp"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// keptBreaches is how many breaches that ended are kept for each port; the topic has them for 400 days.
const keptBreaches = 32

// breachBook is the fold of the breaches topic.
type breachBook struct {
	byID   map[string]*event.Breach
	byPort map[string][]*event.Breach // oldest start first
}

func newBreachBook() *breachBook {
	return &breachBook{byID: map[string]*event.Breach{}, byPort: map[string][]*event.Breach{}}
}

func startOrder(a, b *event.Breach) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
}

// apply folds in one word on a breach. A breach ends once: of two platforms the first to say so is believed, and
// a begin that arrives after the end changes nothing.
func (b *breachBook) apply(e *event.Breach) bool {
	list := b.byPort[e.Port]
	if known := b.byID[e.ID]; known != nil {
		if known.End != nil || e.End == nil {
			return false
		}
		at, _ := slices.BinarySearchFunc(list, known, startOrder)
		list[at], b.byID[e.ID] = e, e
	} else {
		at, _ := slices.BinarySearchFunc(list, e, startOrder)
		list, b.byID[e.ID] = slices.Insert(list, at, e), e
	}
	b.byPort[e.Port] = b.trim(list)
	return true
}

// trim drops the oldest of those that ended. What is dropped cannot matter again, so any order of arrival keeps
// the same ones.
func (b *breachBook) trim(list []*event.Breach) []*event.Breach {
	ended := 0
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].End == nil {
			continue
		}
		if ended++; ended > keptBreaches {
			delete(b.byID, list[i].ID)
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

func (b *breachBook) forget(id string) bool {
	known := b.byID[id]
	if known == nil {
		return false
	}
	delete(b.byID, id)
	b.byPort[known.Port] = slices.DeleteFunc(b.byPort[known.Port], func(e *event.Breach) bool { return e.ID == id })
	return true
}

// open lists the breaches of a port that last, oldest first.
func (b *breachBook) open(port string) (open []*event.Breach) {
	for _, e := range b.byPort[port] {
		if e.End == nil {
			open = append(open, e)
		}
	}
	return open
}
