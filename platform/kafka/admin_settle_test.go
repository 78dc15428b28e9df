package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func TestSettleAsksUntilBrokersAgree(t *testing.T) {
	asked := 0
	err := kafka.Settle(t.Context(), func() error {
		if asked++; asked < 3 {
			return fmt.Errorf("offsets: %w", kerr.NotLeaderForPartition)
		}
		return nil
	})
	if err != nil || asked != 3 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestSettleTakesAnAnswerThatStays(t *testing.T) {
	for _, answer := range []error{kafka.ErrUnknownTopic, kerr.TopicAuthorizationFailed, errors.New("away")} {
		asked := 0
		if err := kafka.Settle(t.Context(), func() error { asked++; return answer }); !errors.Is(err, answer) || asked != 1 {
			t.Errorf("%v: asked %d times, got %v", answer, asked, err)
		}
	}
}

func TestSettleEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := kafka.Settle(ctx, func() error { cancel(); return kafka.ErrNotHeard })
	if !errors.Is(err, kafka.ErrNotHeard) {
		t.Errorf("it says %v", err)
	}
}
