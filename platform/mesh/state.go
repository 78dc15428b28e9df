package mesh

import (
	"cmp"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// position is a control record's place in the log.
type position struct {
	Topic     string
	Partition int32
	Offset    int64
}

type topicPartition struct {
	topic     string
	partition int32
}

// state is the fold: what the control topics say, and nothing else. No clock, no lock.
//
// Each topic-partition is applied in its order and at most once; partitions may be interleaved in any way, since
// no apply method looks at what another topic said. What depends on several topics (an instance's state is in
// its heartbeats and its lifecycle) is put together when it is asked for; see life.go.
type state struct {
	next       map[topicPartition]int64 // the offset after the last applied one
	documents  map[string]*document     // by record key, <id>@<version>
	subjects   map[string]*subject      // lifecycle, by subject
	heartbeats map[string]*event.Heartbeat
	instances  []string            // every instance that ever spoke, sorted
	runners    map[string][]string // data product id to the instances that may run it, sorted; see life.go
	ports      map[string]*flow    // freshness, by port id
	breaches   *breachBook
	verdicts   map[string]*event.Verdict // the policies', by the contract's digest

	// catalog is derived from documents and from which ports and data products were heard of; nil when one of
	// them changed. See catalog.go.
	catalog *catalog
}

func newState() *state {
	return &state{
		next:       map[topicPartition]int64{},
		documents:  map[string]*document{},
		subjects:   map[string]*subject{},
		heartbeats: map[string]*event.Heartbeat{},
		runners:    map[string][]string{},
		ports:      map[string]*flow{},
		breaches:   newBreachBook(),
		verdicts:   map[string]*event.Verdict{},
	}
}

// apply folds in one event, which the state keeps: the caller must not change it. It returns whether anything
// changed. An event that was applied already changes nothing, nor does a type that this binary does not know.
func (s *state) apply(at position, e event.Event) bool {
	if !s.advance(at) {
		return false
	}
	switch e := e.(type) {
	case *document:
		return s.applyDocument(e)
	case *event.Descriptor:
		return s.applyDocument(read(e))
	case *event.Lifecycle:
		return s.applyLifecycle(e)
	case *event.Heartbeat:
		return s.applyHeartbeat(e)
	case *event.Freshness:
		return s.applyFreshness(e)
	case *event.Breach:
		return s.breaches.apply(e)
	case *event.Verdict:
		s.verdicts[e.Digest] = e
		return true
	}
	return false
}

// advance notes that a record was seen; false if it was before.
func (s *state) advance(at position) bool {
	tp := topicPartition{at.Topic, at.Partition}
	if at.Offset < s.next[tp] {
		return false
	}
	s.next[tp] = at.Offset + 1
	return true
}

// forget folds in a tombstone: the key is purged. It returns whether anything was known of it.
func (s *state) forget(at position, key string) bool {
	if !s.advance(at) {
		return false
	}
	switch at.Topic {
	case event.TopicProducts:
		return s.forgetDocument(key)
	case event.TopicLifecycle:
		return remove(s.subjects, key)
	case event.TopicHeartbeats:
		return remove(s.heartbeats, key)
	case event.TopicFreshness:
		return s.forgetFreshness(key)
	case event.TopicBreaches:
		return s.breaches.forget(key)
	case event.TopicVerdicts:
		return remove(s.verdicts, key)
	}
	return false
}

func remove[V any](m map[string]V, key string) bool {
	_, known := m[key]
	delete(m, key)
	return known
}

func (s *state) applyDocument(d *document) bool {
	key := d.Key()
	if known := s.documents[key]; known != nil && known.Digest == d.Digest && known.PublishedAt.Equal(d.PublishedAt) {
		return false
	}
	d.replaced = s.replaces(d)
	s.documents[key] = d
	s.catalog = nil
	return true
}

// replaces is what a document is a change of, without being another version: what it takes the place of, or, where the
// policies denied that, what that took the place of. It is nil if the version is new or says the same.
func (s *state) replaces(d *document) *document {
	was := s.documents[d.Key()]
	switch {
	case was == nil:
		return nil
	case was.Digest == d.Digest:
		return was.replaced
	}
	if v := s.verdicts[was.Digest]; v != nil && v.Outcome == event.Denied && was.replaced != nil {
		was = was.replaced
	}
	if was.Digest == d.Digest {
		return nil
	}
	alone := *was
	alone.replaced = nil // one is enough
	return &alone
}

func (s *state) forgetDocument(key string) bool {
	known := remove(s.documents, key)
	if known {
		s.catalog = nil
	}
	return known
}

func (s *state) applyHeartbeat(e *event.Heartbeat) bool {
	// Sorted for search by id; a heartbeat may name thousands.
	slices.SortFunc(e.DataProducts, func(a, b event.HeldDataProduct) int { return cmp.Compare(a.ID, b.ID) })
	s.heartbeats[e.Instance] = e
	s.heardOf(e.Instance)
	for i := range e.DataProducts {
		s.mayRun(e.DataProducts[i].ID, e.Instance)
	}
	return true
}

// mayRun notes that an instance has said something about running a data product.
func (s *state) mayRun(dataProduct, instance string) {
	names, known := s.runners[dataProduct]
	at, found := slices.BinarySearch(names, instance)
	if found {
		return
	}
	s.runners[dataProduct] = slices.Insert(names, at, instance)
	if !known {
		s.catalog = nil // heard of for the first time, perhaps without a descriptor
	}
}

// heardOf notes the name of an instance.
func (s *state) heardOf(instance string) {
	if at, found := slices.BinarySearch(s.instances, instance); !found {
		s.instances = slices.Insert(s.instances, at, instance)
	}
}
