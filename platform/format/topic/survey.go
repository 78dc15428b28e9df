package topic

import (
	"hash/maphash"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const (
	maxFields   = 5000 // places in a record that are looked at
	maxChildren = 1000 // fields of one record: a JSON object with more is a map
	maxDepth    = 16
)

// Record is one record as a survey sees it.
type Record struct {
	Key []byte // nil: none
	// Value is what avro.Program.Decode gives, or what JSON gives a topic without a schema; nil is a tombstone.
	Value     any
	Time      time.Time // when it was published
	Partition int32
}

// Survey is statistics over records. It belongs to one goroutine; surveys of different partitions can be merged.
type Survey struct {
	schema  *avro.Schema // nil: the records are JSON
	root    *field
	seed    maphash.Seed
	formats *matcher
	scratch shape
	left    int // fields that may still be met

	records, tombstones, keyless int64
	unread                       int64 // records that are neither of the schema nor JSON
	first, last                  int64 // published, milliseconds
	seenIn                       map[int32]int64
}

// NewSurvey begins a survey. schema is what the values were decoded by; nil where they are JSON.
func NewSurvey(schema *avro.Schema) (*Survey, error) { return newSurvey(schema, maphash.MakeSeed()) }

// Another begins a survey of other partitions of the same topic, to be merged with this one.
func (s *Survey) Another() (*Survey, error) { return newSurvey(s.schema, s.seed) }

func newSurvey(schema *avro.Schema, seed maphash.Seed) (*Survey, error) {
	m, err := newMatcher()
	if err != nil {
		return nil, err
	}
	s := &Survey{
		schema: schema, root: newField(""), seed: seed, formats: m, scratch: make(shape, 0, mostRuns), left: maxFields, seenIn: make(map[int32]int64),
	}
	if schema != nil {
		s.expect(s.root, schema, maxDepth, nil)
	}
	return s, nil
}

// expect lays out the fields of a schema, so that they are known where no record came, and times are known as such.
func (s *Survey) expect(f *field, schema *avro.Schema, depth int, in []*avro.Schema) {
	schema = schema.Value()
	for _, above := range in {
		if above == schema {
			return
		}
	}
	in = append(in[:len(in):len(in)], schema)
	switch l := schema.Logical(); {
	case depth == 0:
	case schema.Type() == avro.TypeRecord:
		for _, sf := range schema.Fields() {
			if c := f.child(-1, sf.Name(), &s.left); c != nil {
				s.expect(c, sf.Type(), depth-1, in)
			}
		}
	case schema.Type() == avro.TypeArray:
		if c := f.element(&s.left); c != nil {
			s.expect(c, schema.Items(), depth-1, in)
		}
	case schema.Type() == avro.TypeMap:
		if c := f.element(&s.left); c != nil {
			s.expect(c, schema.Values(), depth-1, in)
		}
	default:
		f.temporal = isTemporal(l)
	}
}

// isTemporal tells whether a logical type can be an event time.
func isTemporal(l avro.Logical) bool {
	switch l {
	case avro.Date, avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos,
		avro.LocalTimestampMillis, avro.LocalTimestampMicros, avro.LocalTimestampNanos:
		return true
	}
	return false
}

// Add counts a record. It keeps nothing of it but the values of fields that have few.
func (s *Survey) Add(r Record) {
	at := moment{millis: r.Time.UnixMilli(), partition: r.Partition}
	if s.records == 0 || at.millis < s.first {
		s.first = at.millis
	}
	s.records, s.last = s.records+1, max(s.last, at.millis)
	s.seenIn[r.Partition]++
	if r.Key == nil {
		s.keyless++
	} else {
		key := string(r.Key)
		at.key = &key
	}
	if r.Value == nil {
		s.tombstones++
		return
	}
	s.add(s.root, r.Value, &at, maxDepth)
}

// Unreadable counts a record that could not be decoded.
func (s *Survey) Unreadable() { s.unread++ }

// Records is how many were added.
func (s *Survey) Records() int64 { return s.records }

// Merge adds what a survey that Another began has seen. The other is of no use after.
func (s *Survey) Merge(o *Survey) {
	if s.records == 0 || o.records > 0 && o.first < s.first {
		s.first = o.first
	}
	s.records, s.tombstones, s.keyless = s.records+o.records, s.tombstones+o.tombstones, s.keyless+o.keyless
	s.unread, s.last = s.unread+o.unread, max(s.last, o.last)
	for p, n := range o.seenIn {
		s.seenIn[p] += n
	}
	s.root.merge(o.root)
}
