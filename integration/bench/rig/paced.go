package rig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// Latency is from when a record is handed to the producer to when a reader of committed records has what came of it, so
// it holds the broker's and the reader's part as well: compare it with the floor's.
type Latency struct {
	P50, P99 time.Duration
	Records  int
	Sent     int // good and bad; many more than Records where the contender fell behind
}

// Paced writes rate records a second to a contender that runs already and waits for nothing else, and times each good one
// from end to end. The first records, until something comes out and a second more, are not counted.
func (c *Cluster) Paced(ctx context.Context, name, source string, w orders.Workload, rate int, length time.Duration) (Latency, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from := map[int32]kgo.Offset{}
	for p := range w.Partitions {
		from[int32(p)] = kgo.NewOffset().AtStart()
	}
	reader, err := c.client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{orders.Topic(name): from}), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return Latency{}, err
	}
	defer reader.Close()
	writer, err := c.client(kgo.ProducerLinger(0))
	if err != nil {
		return Latency{}, err
	}
	defer writer.Close()

	const warmup = time.Second
	began := time.Now()
	total := 200*60 + int((warmup+length).Seconds()+1)*rate
	sent, got := make([]atomic.Int64, total), make([]time.Duration, total)
	var came atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			fetches := reader.PollFetches(ctx)
			now := time.Since(began)
			fetches.EachRecord(func(r *kgo.Record) {
				if n, ok := orders.Number(r.Value); ok && n < total {
					got[n] = now - time.Duration(sent[n].Load())
					came.Add(1)
				}
			})
		}
	}()
	w.Records = total
	generator, n := orders.NewGenerator(w, c.SchemaID), 0
	send := func(perSecond int, until func() bool) {
		start, first := time.Now(), n
		for !until() && n < total && ctx.Err() == nil {
			for due := first + int(time.Since(start).Seconds()*float64(perSecond)); n < due && n < total; n++ {
				key, value := generator.Next()
				sent[n].Store(int64(time.Since(began)))
				writer.Produce(ctx, &kgo.Record{Topic: orders.Topic(source), Key: key, Value: value}, nil)
			}
			time.Sleep(time.Millisecond) // the pace: what is due is sent once a millisecond
		}
	}
	after := func(d time.Duration) func() bool {
		end := time.Now().Add(d)
		return func() bool { return time.Now().After(end) }
	}
	gaveUp := after(time.Minute)
	send(200, func() bool { return came.Load() > 0 || gaveUp() })
	if came.Load() == 0 {
		cancel()
		<-done
		return Latency{}, errors.New("latency: nothing came out within a minute")
	}
	send(rate, after(warmup))
	first := n
	send(rate, after(length))
	last := n
	for wait := after(10 * time.Second); !wait() && int(came.Load()) < last-last/50; {
		time.Sleep(10 * time.Millisecond) // what is still under way
	}
	cancel()
	<-done
	var all []time.Duration
	for i := first; i < last; i++ {
		if got[i] > 0 {
			all = append(all, got[i])
		}
	}
	if len(all) == 0 {
		return Latency{}, fmt.Errorf("latency: none of %d records came out", last-first)
	}
	slices.Sort(all)
	return Latency{P50: all[len(all)/2], P99: all[len(all)*99/100], Records: len(all), Sent: last - first}, nil
}
