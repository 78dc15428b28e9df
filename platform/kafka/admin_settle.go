package kafka

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// settleTime is how long brokers may take to agree on a topic that was just made, or on a partition's next leader.
const settleTime = 15 * time.Second

// ErrNotHeard says that a broker has not heard yet of a topic that another one knows. Settle asks again after it.
var ErrNotHeard error = kerr.UnknownTopicOrPartition

// Settle asks until the answer is no longer one that brokers give for a moment only: not the leader, no leader yet, and what
// else Kafka calls retriable, as right after a topic was made. It gives up after 15 s, or when ctx ends, with the last error.
func Settle(ctx context.Context, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for try := 1; ; try++ {
		err := ask()
		if err == nil || !kerr.IsRetriable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(backoff(try)):
		}
	}
}
