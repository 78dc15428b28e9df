package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	log   *slog.Logger
	mux   *http.ServeMux

	// writing is held from a decision to the fold of its records: decisions are made one at a time.
	writing sync.Mutex
	stale   bool // an append failed: what the store holds is not known

	mu    sync.RWMutex // guards what state points to; taken after writing
	state *state
}

// Option changes how a Server works.
type Option func(*Server)

// WithLogger has the server log what is wrong in its store; otherwise nothing is logged.
func WithLogger(log *slog.Logger) Option { return func(s *Server) { s.log = log } }

// New folds the store's log and is then ready to serve. It becomes the log's writer, which a server elsewhere then takes back
// with its next change. It blocks until the log is read or ctx ends.
func New(ctx context.Context, store Store, options ...Option) (*Server, error) {
	s := &Server{store: store, log: slog.New(slog.DiscardHandler)}
	for _, set := range options {
		set(s)
	}
	s.mux = s.routes()
	if err := s.reload(ctx); err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	return s, nil
}

func (s *Server) reload(ctx context.Context) error {
	fresh := newState()
	if err := s.store.Load(ctx, fresh.apply); err != nil {
		return err
	}
	fresh.settle()
	for _, c := range fresh.conflicts {
		s.log.WarnContext(ctx, "two writers' records contradict each other in the registry's log; the first is kept", "ignored", c)
	}
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
// not change the state. It may be asked again, on a newer state.
type decision func(*state) (answer any, records []Record, err error)

// change decides, stores, folds, and only then answers. Where another server wrote since this one read the log, nothing is stored:
// the log is read again and the change decided anew, once. Two that take the role from each other leave the rest to the caller.
func (s *Server) change(ctx context.Context, decide decision) (any, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	s.writing.Lock()
	defer s.writing.Unlock()
	answer, err := s.try(ctx, decide)
	if errors.Is(err, ErrNotWriter) {
		answer, err = s.try(ctx, decide)
	}
	if _, refused := errors.AsType[*failure](err); err != nil && !refused {
		err = storeFailed(err)
	}
	return answer, err
}

// try gives the store's errors as they are.
func (s *Server) try(ctx context.Context, decide decision) (any, error) {
	if s.stale {
		if err := s.reload(ctx); err != nil {
			return nil, err
		}
	}
	// Only changes write the state, and this is the only one now: reading it here needs no lock.
	answer, records, err := decide(s.state)
	if err != nil || len(records) == 0 {
		return answer, err
	}
	if err := s.store.Append(ctx, records...); err != nil {
		s.stale = true
		return nil, err
	}
	return answer, s.fold(records)
}

func (s *Server) fold(records []Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		if err := s.state.apply(r); err != nil {
			return err
		}
	}
	return nil
}
