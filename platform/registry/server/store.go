package server

import (
	"bytes"
	"context"
	"errors"
	"sync"
)

// Record is one entry of a log. A nil value deletes the key.
type Record struct{ Key, Value []byte }

// ErrNotWriter says that somebody else may have written since this store was loaded. Nothing of the append is stored. Load
// takes the writer's role back.
var ErrNotWriter = errors.New("the log may have records of another writer")

// Store is an append-only log of keyed records. The newest record of a key speaks for it; a nil value deletes
// the key. A store may forget older records of a key, and deleted keys.
//
// A log has one writer at a time, the one that called Load last: what Load gave it is all that there is for as long as its
// appends succeed, so that what it decides holds.
type Store interface {
	// Append returns after all of the records are stored. After ErrNotWriter none of them is and none will be; after any other
	// error all of them may be, or none.
	Append(ctx context.Context, records ...Record) error
	// Load makes the caller the log's writer, and then calls each with every record, oldest first, up to the last one that was
	// stored. It gives the first error of each.
	Load(ctx context.Context, each func(Record) error) error
}

// Memory is a Store that lives as long as the process. It is for one server.
type Memory struct {
	mu      sync.Mutex
	records []Record
}

// MemoryStore gives an empty Memory.
func MemoryStore() *Memory { return new(Memory) }

// Append never fails.
func (m *Memory) Append(_ context.Context, records ...Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range records {
		m.records = append(m.records, Record{bytes.Clone(r.Key), bytes.Clone(r.Value)}) // a nil value stays nil
	}
	return nil
}

// Load gives the records as they were appended.
func (m *Memory) Load(_ context.Context, each func(Record) error) error {
	m.mu.Lock()
	records := m.records[:len(m.records):len(m.records)]
	m.mu.Unlock()
	for _, r := range records {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}
