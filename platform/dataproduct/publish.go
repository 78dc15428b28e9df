package dataproduct

import "github.com/tidemark-mesh/tidemark/platform/kafka"

// publish is the sixth stage: it hands a record to the round's transaction.
func (s *slot) publish(rec *kafka.Record) { s.tx.Produce(s.ctx, rec) }

// space is where records that are to be published, and their bytes, get their memory: many at a time, since each lives until
// the broker has it.
type space struct {
	records []kafka.Record
	bytes   []byte
}

const (
	spaceRecords = 256
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
