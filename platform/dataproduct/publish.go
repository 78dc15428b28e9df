package dataproduct

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// publish is the sixth stage: it hands a record to the round's transaction. Records that are worked on together are published
// at one time: asking for it is not free.
func (r *runner) publish(s *slot, rec *kafka.Record) {
	rec.Timestamp = r.stamp
	s.tx.Produce(s.ctx, rec)
}

// tick looks at the clocks: at the one that everything is judged by, and at the real one for what is published.
func (r *runner) tick() { r.clock, r.stamp = r.host.now(), time.Now() }

// space is where records that are to be published, and their bytes, get their memory: many at a time, since each lives until
// the broker has it.
type space struct {
	records []kafka.Record
	named   []kafka.Header
	bytes   []byte
}

const (
	spaceRecords = 256
	spaceHeaders = 1024
	spaceBytes   = 64 << 10
)

func (s *space) record() *kafka.Record {
	if len(s.records) == 0 {
		s.records = make([]kafka.Record, spaceRecords)
	}
	r := &s.records[0]
	s.records = s.records[1:]
	return r
}

// headers gives room for n headers.
func (s *space) headers(n int) []kafka.Header {
	if n > spaceHeaders/4 {
		return make([]kafka.Header, 0, n)
	}
	if len(s.named) < n {
		s.named = make([]kafka.Header, spaceHeaders)
	}
	h := s.named[:0:n]
	s.named = s.named[n:]
	return h
}

// room gives n bytes of length 0.
func (s *space) room(n int) []byte {
	if n > spaceBytes/4 {
		return make([]byte, 0, n)
	}
	if len(s.bytes) < n {
		s.bytes = make([]byte, spaceBytes)
	}
	b := s.bytes[:0:n]
	s.bytes = s.bytes[n:]
	return b
}
