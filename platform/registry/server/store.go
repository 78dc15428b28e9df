package server

import (
	"bytes"
	"context"
	"sync"
)

// Store is an append-only log of keyed records. The newest record of a key speaks for it; a nil value deletes
// the key. A store may forget older records of a key, and deleted keys.
type Store interface {
	// Append returns after the record is stored. After an error the record may be stored or not.
	Append(ctx context.Context, key, value []byte) error
	// Load calls each with every record, oldest first, up to the last one that was stored when it was called,
	// and gives the first error of each.
	Load(ctx context.Context, each func(key, value []byte) error) error
}

// Memory is a Store that lives as long as the process.
type Memory struct {
	mu      sync.Mutex
	records []record
}

// MemoryStore gives an empty Memory.
func MemoryStore() *Memory { return new(Memory) }

// Append never fails.
func (m *Memory) Append(_ context.Context, key, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, record{bytes.Clone(key), bytes.Clone(value)}) // a nil value stays nil
	return nil
}

// Load gives the records as they were appended.
func (m *Memory) Load(_ context.Context, each func(key, value []byte) error) error {
	m.mu.Lock()
	records := m.records[:len(m.records):len(m.records)]
	m.mu.Unlock()
	for _, r := range records {
		if err := each(r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}
