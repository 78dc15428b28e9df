package server

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// writeTimeout bounds a change once it is decided. It is not the request's own end: a client that hangs up must
// not leave a change half done.
const writeTimeout = 15 * time.Second

// Server is the registry. It is safe for concurrent use.
type Server struct {
	store Store
	mux   *http.ServeMux

	// writing is held from a decision to the fold of its records: decisions are made one at a time.
	writing sync.Mutex
	stale   bool // an append failed: what the store holds is not known

	mu    sync.RWMutex // guards what state points to; taken after writing
	state *state
}

// New folds the store's log and is then ready to serve. It blocks until the log is read or ctx ends.
func New(ctx context.Context, store Store) (*Server, error) {
	s := &Server{store: store}
	s.mux = s.routes()
	if err := s.reload(ctx); err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	return s, nil
}

func (s *Server) reload(ctx context.Context) error {
	fresh := newState()
	err := s.store.Load(ctx, func(key, value []byte) error { return fresh.apply(record{key, value}) })
	if err != nil {
		return err
	}
	fresh.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.stale = fresh, false
	return nil
}

// read runs look on the state. look must not change it, nor keep parts of it that change.
func (s *Server) read(look func(*state) (any, error)) (any, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return look(s.state)
}

// decision is what a change comes to: the records that make it, and its answer once they are stored. It must
// not change the state.
type decision func(*state) (answer any, records []record, err error)

// change decides, stores, folds, and only then answers.
func (s *Server) change(ctx context.Context, decide decision) (any, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.stale {
		if err := s.reload(ctx); err != nil {
			return nil, storeFailed(err)
		}
	}
	// Only changes write the state, and this is the only one now: reading it here needs no lock.
	answer, records, err := decide(s.state)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if err := s.store.Append(ctx, r.key, r.value); err != nil {
			s.stale = true
			return nil, storeFailed(err)
		}
		if err := s.fold(r); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

func (s *Server) fold(r record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.apply(r)
}
