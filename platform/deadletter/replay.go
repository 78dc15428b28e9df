package deadletter

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// ReplayOptions say what Replay sends. The zero value sends every record whose newest letter was not sent yet.
type ReplayOptions struct {
	// Filter is held against a record's newest letter only.
	Filter Filter
	// DryRun counts and sends nothing.
	DryRun bool
	// Progress is called after each record with how many are done and how many there are to do; nil for no calls.
	Progress func(done, total int)
}

// Replayed says what a replay came to. Letters = Superseded + Refused + AlreadySent + Matched.
type Replayed struct {
	// Letters is how many the topic holds.
	Letters int `json:"letters"`
	// Superseded letters have a newer one of the same record.
	Superseded int `json:"superseded"`
	// Refused records' newest letters are not taken by the filter.
	Refused int `json:"refused"`
	// AlreadySent records' newest letters stand in the retry topic already.
	AlreadySent int `json:"already_sent"`
	// Matched records are to be sent.
	Matched int `json:"matched"`
	// Sent records are in the retry topic now; less than Matched only after an error, in a dry run, or where some are Gone.
	Sent int `json:"sent"`
	// Gone records cannot be sent: their letters had no room for their values, and their topics do not keep them any more.
	Gone int `json:"gone"`
	// Reasons counts the matched records by reason.
	Reasons Counts `json:"reasons"`
	DryRun  bool   `json:"dry_run"`
}

// deliver bounds how long a record is tried.
const deliver = time.Minute

// Replay sends records back to the data product that rejected them: key, value and headers byte for byte, to its
// retry topic, with the record's identity and an attempt that is one higher. Of each record only the newest letter
// counts, and one that stands in the retry topic already is not sent again; the data product itself takes each
// attempt of a record once. On an error Sent tells how far it came, and the same call goes on from there.
// Order is not promised across a replay. Where one of Filter.Origins has no letter, nothing is sent, and
// errors.Is(err, ErrNotFound).
func (q *Queue) Replay(ctx context.Context, o ReplayOptions) (Replayed, error) {
	out := Replayed{Reasons: make(Counts), DryRun: o.DryRun}
	ranges, err := q.ranges(ctx, Filter{})
	if err != nil {
		return out, err
	}
	sent, err := q.sent(ctx)
	if err != nil {
		return out, err
	}
	picks, err := q.pick(ctx, ranges, o.Filter, &out)
	if err != nil {
		return out, err
	}
	for _, origin := range o.Filter.Origins {
		if _, ok := picks[origin]; !ok {
			return out, q.notFound(origin)
		}
	}
	for origin, p := range picks {
		switch {
		case !p.taken:
			out.Refused++
			delete(picks, origin)
		case sent[origin] > p.attempt:
			out.AlreadySent++
			delete(picks, origin)
		default:
			out.Matched++
			out.Reasons[p.reason]++
		}
	}
	if o.DryRun || out.Matched == 0 {
		return out, nil
	}
	return out, q.send(ctx, ranges, picks, o.Progress, &out)
}

// A pick is the newest letter of a record.
type pick struct {
	at      Coordinates
	attempt int
	reason  fault.Reason
	taken   bool
}

// pick reads the letters once, to know the newest of each record. It holds coordinates, not letters.
func (q *Queue) pick(ctx context.Context, ranges scan.Ranges, f Filter, out *Replayed) (map[Coordinates]pick, error) {
	picks := make(map[Coordinates]pick)
	for l, err := range q.read(ctx, ranges) {
		if err != nil {
			return nil, err
		}
		out.Letters++
		if prev, ok := picks[l.Origin]; ok {
			out.Superseded++
			if l.Attempt < prev.attempt {
				continue
			}
		}
		picks[l.Origin] = pick{l.At, l.Attempt, l.Reason, f.Takes(l)}
	}
	return picks, nil
}

// sent gives the highest attempt of each record in the retry topic.
func (q *Queue) sent(ctx context.Context) (map[Coordinates]int, error) {
	admin, err := kafka.NewAdmin(q.cfg)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	topic := RetryTopic(q.dataProduct)
	ranges, err := scan.Bounds(ctx, admin, topic)
	if err != nil {
		return nil, q.explain(err, topic)
	}
	attempts := make(map[Coordinates]int)
	for r, err := range scan.Records(ctx, q.cfg, ranges) {
		if err != nil {
			return nil, fmt.Errorf("replays of %s: %w", q.dataProduct, err)
		}
		origin, n := replayOf(r)
		attempts[origin] = max(attempts[origin], n)
	}
	return attempts, nil
}

// send reads the letters again and sends those that were picked.
func (q *Queue) send(ctx context.Context, ranges scan.Ranges, picks map[Coordinates]pick, progress func(done, total int), out *Replayed) error {
	producer, err := kafka.NewProducer(q.cfg, kafka.ProducerOptions{Deliver: deliver})
	if err != nil {
		return err
	}
	defer producer.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	done := func(_ *kafka.Record, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			stop(fmt.Errorf("replay to %s: %w", RetryTopic(q.dataProduct), err))
			return
		}
		out.Sent++
		if progress != nil {
			progress(out.Sent, out.Matched)
		}
	}
	for l, err := range q.read(ctx, ranges) {
		if err != nil {
			stop(err)
			break
		}
		if p, ok := picks[l.Origin]; !ok || p.at != l.At {
			continue
		}
		if there, err := q.complete(ctx, l); err != nil {
			stop(err)
			break
		} else if !there {
			mu.Lock()
			out.Gone++
			mu.Unlock()
			continue
		}
		producer.Produce(ctx, q.retry(l), done)
	}
	// What was handed over is waited for even when something failed, so that Sent is true.
	flushed := producer.Flush(context.WithoutCancel(ctx))
	mu.Lock()
	defer mu.Unlock()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if flushed == nil && out.Sent+out.Gone < out.Matched {
		flushed = errors.New("some letters were gone when they were to be sent: retention is shorter than the replay took")
	}
	return flushed
}

// retry makes the record that a letter is sent back as.
func (q *Queue) retry(l *Letter) *kafka.Record {
	headers := append(make([]kafka.Header, 0, len(l.Headers)+len(identity)), l.Headers...)
	published := l.Published
	if published.IsZero() {
		published = l.RejectedAt
	}
	for _, h := range []struct{ name, value string }{ // in the order of identity
		{event.HeaderTopic, l.Origin.Topic},
		{event.HeaderPartition, strconv.Itoa(int(l.Origin.Partition))},
		{event.HeaderOffset, strconv.FormatInt(l.Origin.Offset, 10)},
		{event.HeaderTimestamp, strconv.FormatInt(published.UnixMilli(), 10)},
		{event.HeaderAttempt, strconv.Itoa(l.Attempt + 1)},
	} {
		headers = append(headers, kafka.Header{Key: h.name, Value: []byte(h.value)})
	}
	return &kafka.Record{Topic: RetryTopic(q.dataProduct), Key: l.Key, Value: l.Value, Headers: headers}
}
