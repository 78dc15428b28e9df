package deadletter

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// Fate is what became of a replayed record.
type Fate string

// The fates.
const (
	// FateWaiting records stand in the retry topic, and the data product has not come to them yet.
	FateWaiting Fate = "waiting"
	// FateRejected records were rejected again; a newer letter has them.
	FateRejected Fate = "rejected again"
	// FateThrough records were not rejected again: published, or dropped by a filter of the data product.
	FateThrough Fate = "went through"
)

// Replay is how a letter was sent back.
type Replay struct {
	Attempt int       // of the record
	At      time.Time // when it was sent
	Fate    Fate
	Reason  fault.Reason // of the new rejection; empty otherwise
}

// attempt is one replay in the retry topic.
type attempt struct {
	tp     kafka.TopicPartition
	offset int64
	at     time.Time
}

// replays gives, for each of the letters that was sent back, what became of it. It reads the retry topic, the letters
// that are newer than these, and how far the data product has come.
func (q *Queue) replays(ctx context.Context, letters []*Letter) error {
	if len(letters) == 0 {
		return nil
	}
	admin, err := kafka.NewAdmin(q.cfg)
	if err != nil {
		return err
	}
	defer admin.Close()
	sent, err := q.attempts(ctx, admin, letters)
	if err != nil || len(sent) == 0 {
		return err
	}
	var oldest time.Time
	found := make(map[*Letter]attempt)
	for _, l := range letters {
		n, a, ok := next(sent[l.Origin], l.Attempt)
		if !ok {
			continue
		}
		found[l], l.Replay = a, &Replay{Attempt: n, At: a.at.UTC(), Fate: FateWaiting}
		if oldest.IsZero() || l.RejectedAt.Before(oldest) {
			oldest = l.RejectedAt
		}
	}
	if len(found) == 0 {
		return nil
	}
	reached, err := q.reached(ctx, admin)
	if err != nil {
		return err
	}
	again, err := q.rejectedSince(ctx, oldest, found)
	if err != nil {
		return err
	}
	for l, a := range found {
		if reason, rejected := again[refusal{l.Origin, l.Replay.Attempt}]; rejected {
			l.Replay.Fate, l.Replay.Reason = FateRejected, reason
		} else if a.offset < reached[a.tp] {
			l.Replay.Fate = FateThrough
		}
	}
	return nil
}

// next is the first attempt above one.
func next(sent map[int]attempt, above int) (n int, a attempt, ok bool) {
	for candidate, at := range sent {
		if candidate > above && (!ok || candidate < n) {
			n, a, ok = candidate, at, true
		}
	}
	return n, a, ok
}

// attempts finds the letters' records in the retry topic.
func (q *Queue) attempts(ctx context.Context, admin *kafka.Admin, letters []*Letter) (map[Coordinates]map[int]attempt, error) {
	topic := RetryTopic(q.dataProduct)
	ranges, err := scan.Bounds(ctx, admin, topic)
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return nil, nil // dead letters of another system, whose topic has the name
	}
	if err != nil {
		return nil, q.explain(err, topic)
	}
	wanted := make(map[Coordinates]bool, len(letters))
	for _, l := range letters {
		wanted[l.Origin] = true
	}
	found := make(map[Coordinates]map[int]attempt)
	for r, err := range scan.Records(ctx, q.cfg, ranges) {
		if err != nil {
			return nil, fmt.Errorf("replays of %s: %w", q.dataProduct, err)
		}
		origin, n := replayOf(r)
		if !wanted[origin] {
			continue
		}
		if found[origin] == nil {
			found[origin] = make(map[int]attempt)
		}
		if _, twice := found[origin][n]; !twice { // the first is what the data product takes
			found[origin][n] = attempt{kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}, r.Offset, r.Timestamp}
		}
	}
	return found, nil
}

// replayOf reads a replayed record's identity and attempt.
func replayOf(r *kafka.Record) (Coordinates, int) {
	says := said(r.Headers)
	return Coordinates{
		Topic:     says.first(event.HeaderTopic),
		Partition: int32(says.number(event.HeaderPartition)),
		Offset:    says.number(event.HeaderOffset),
	}, int(says.number(event.HeaderAttempt))
}

// reached is how far the data product has come in the retry topic, in the group of whichever major version has come
// farthest.
func (q *Queue) reached(ctx context.Context, admin *kafka.Admin) (map[kafka.TopicPartition]int64, error) {
	groups, err := admin.Groups(ctx)
	if err != nil {
		return nil, fmt.Errorf("data product %s: %w", q.dataProduct, err)
	}
	reached := make(map[kafka.TopicPartition]int64)
	for _, group := range groups {
		major, ours := strings.CutPrefix(group, q.dataProduct+".v")
		if _, err := strconv.Atoi(major); !ours || err != nil {
			continue
		}
		offsets, err := admin.GroupOffsets(ctx, group)
		if err != nil {
			return nil, fmt.Errorf("data product %s: %w", q.dataProduct, err)
		}
		for tp, at := range offsets {
			reached[tp] = max(reached[tp], at.Offset)
		}
	}
	return reached, nil
}

// refusal is a record's, at an attempt.
type refusal struct {
	of      Coordinates
	attempt int
}

// rejectedSince gives the reasons of later letters of the same records.
func (q *Queue) rejectedSince(ctx context.Context, since time.Time, of map[*Letter]attempt) (map[refusal]fault.Reason, error) {
	wanted := make(map[refusal]bool, len(of))
	for l := range of {
		wanted[refusal{l.Origin, l.Replay.Attempt}] = true
	}
	ranges, err := q.ranges(ctx, Filter{Since: since})
	if err != nil {
		return nil, err
	}
	found := make(map[refusal]fault.Reason)
	for l, err := range q.read(ctx, ranges) {
		if err != nil {
			return nil, err
		}
		if r := (refusal{l.Origin, l.Attempt}); wanted[r] {
			found[r] = l.Reason
		}
	}
	return found, nil
}
