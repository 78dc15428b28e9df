// Command goka decodes, checks and forwards with a goka processor.
package main

import (
	"context"
	"fmt"

	"github.com/IBM/sarama"
	"github.com/lovoo/goka"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

func main() { job.Main(run) }

// asBytes is goka's codec for a value that the callback decodes itself: goka stops a processor whose codec fails.
type asBytes struct{}

func (asBytes) Encode(v any) ([]byte, error) {
	b, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no []byte", v)
	}
	return b, nil
}

func (asBytes) Decode(b []byte) (any, error) { return b, nil }

func run(ctx context.Context, j job.Job) error {
	cfg := goka.DefaultConfig()
	cfg.Consumer.Offsets.Initial = sarama.OffsetOldest
	cfg.Producer.Compression = sarama.CompressionNone // as everybody else here
	goka.ReplaceGlobalConfig(cfg)
	output, letters := goka.Stream(j.Output()), goka.Stream(j.DeadLetters())
	// Each partition has a goroutine of its own.
	checkers := make([]*job.Checker, j.Partitions)
	for i := range checkers {
		var err error
		if checkers[i], err = job.NewChecker(); err != nil {
			return err
		}
	}
	forward := func(c goka.Context, m any) {
		value, _ := m.([]byte)
		if j.Check {
			if err := checkers[c.Partition()].Check([]byte(c.Key()), value); err != nil {
				c.Emit(letters, c.Key(), value, goka.WithCtxEmitHeaders(goka.Headers{"reason": []byte(err.Error())}))
				return
			}
		}
		c.Emit(output, c.Key(), value)
	}
	graph := goka.DefineGroup(goka.Group(j.Group()),
		goka.Input(goka.Stream(j.Input()), asBytes{}, forward), goka.Output(output, asBytes{}), goka.Output(letters, asBytes{}))
	processor, err := goka.NewProcessor(j.Brokers, graph)
	if err != nil {
		return fmt.Errorf("make the processor: %w", err)
	}
	return processor.Run(ctx)
}
