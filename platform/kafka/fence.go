package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"
)

// fencesAtOnce bounds how many transactional ids are asked for at once.
const fencesAtOnce = 8

// Fence ends the transactions that an earlier session with this TransactionalID left open, as one does whose process was killed:
// until then they hide what anybody commits after them from readers of committed records. Call it before the first Begin.
// Once it gives nil, the earlier session can commit no more. At least once there is nothing to end.
//
// Slots that only the earlier session had are not fenced: nobody knows them any more, and the brokers abort what they left
// open when it times out.
func (s *Session) Fence(ctx context.Context) error {
	if s.o.TransactionalID == "" {
		return nil
	}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(fencesAtOnce)
	for _, sl := range s.slots {
		all.Go(func() error { return sl.fence(ctx) })
	}
	return all.Wait()
}

// fence asks for the id as a producer does when it opens, but by the session's client: a slot has none of its own until there is
// work for it.
func (sl *Slot) fence(ctx context.Context) error {
	req := kmsg.NewPtrInitProducerIDRequest()
	req.TransactionalID, req.TransactionTimeoutMillis = &sl.id, int32(transactionTimeout.Milliseconds())
	for try := 1; ; try++ {
		resp, err := req.RequestWith(ctx, sl.s.cl)
		if err == nil {
			err = kerr.ErrorForCode(resp.ErrorCode)
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, kerr.ConcurrentTransactions): // else what was open is being aborted
			return fmt.Errorf("fence transactional id %s: %w", sl.id, sl.s.cfg.denied(err, toTransact(sl.id)))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("fence transactional id %s: %w: %w", sl.id, ctx.Err(), err)
		case <-time.After(backoff(try)):
		}
	}
}
