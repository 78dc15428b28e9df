package integration

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// endedError says that a process has ended: waiting for it helps nothing.
type endedError struct {
	name string
	exit error
}

func (e *endedError) Error() string { return fmt.Sprintf("%s ended: %v", e.name, e.exit) }

// eventually waits until check gives nil; its last error fails the test when ctx ends first, or when a process has ended.
func eventually(t *testing.T, ctx context.Context, check func(context.Context) error) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		if _, ended := errors.AsType[*endedError](err); ended {
			t.Fatal(err)
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}
