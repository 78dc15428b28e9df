package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// fromStart gives partitions without a commit their log's first offset by its number. The library does not let a partition be
// rewound of which it has no number and no record, as one whose first batch is too large. Where the brokers do not say, the library
// asks again by itself.
func (s *Session) fromStart(ctx context.Context, fetched map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	var topics []string
	for topic, partitions := range fetched {
		for _, at := range partitions {
			if at.EpochOffset().Offset < 0 {
				topics = append(topics, topic)
				break
			}
		}
	}
	if len(topics) == 0 {
		return fetched, nil
	}
	<-s.opened
	starts, err := kadm.NewClient(s.cl).ListStartOffsets(ctx, topics...)
	if err != nil {
		return fetched, nil //nolint:nilerr // as said above
	}
	starts.Each(func(start kadm.ListedOffset) {
		if at, ok := fetched[start.Topic][start.Partition]; ok && at.EpochOffset().Offset < 0 && start.Err == nil {
			fetched[start.Topic][start.Partition] = kgo.NewOffset().At(start.Offset)
		}
	})
	return fetched, nil
}

// commitOffsets commits positions outside of any transaction, for work that rests on a membership; false when that is over. While
// others are being given theirs the group takes no commits: that is waited for.
func (s *Session) commitOffsets(ctx context.Context, rests membership, positions []Position) (bool, error) {
	for try := 1; len(positions) > 0; try++ {
		member, generation, ok := s.now(rests)
		if !ok {
			return false, nil
		}
		refused, err := s.offsetCommit(ctx, member, generation, positions)
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, kerr.RebalanceInProgress) && left(err):
			return false, nil
		case !errors.Is(err, kerr.RebalanceInProgress):
			return false, fmt.Errorf("commit offsets of group %s: %w", s.o.Group, s.cfg.denied(err, toJoin(s.o.Group), toRead(refused)))
		}
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("commit offsets of group %s: %w: %w", s.o.Group, ctx.Err(), err)
		case <-time.After(backoff(try)):
		}
	}
	return true, nil
}

// offsetCommit asks once. With an error it gives the topic that it is about, where it is about one.
func (s *Session) offsetCommit(ctx context.Context, member string, generation int32, positions []Position) (refused string, err error) {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group, req.MemberID, req.Generation = s.o.Group, member, generation
	if s.o.StaticMember != "" {
		req.InstanceID = &s.o.StaticMember
	}
	byTopic := make(map[string][]kmsg.OffsetCommitRequestTopicPartition)
	for i := range positions {
		p := &positions[i]
		part := kmsg.NewOffsetCommitRequestTopicPartition()
		part.Partition, part.Offset, part.LeaderEpoch, part.Metadata = p.Partition, p.Committed.Offset, p.Epoch, &p.Committed.Metadata
		byTopic[p.Topic] = append(byTopic[p.Topic], part)
	}
	ids, err := topicIDs(ctx, s.cl, byTopic)
	if err != nil {
		return "", err
	}
	for topic, parts := range byTopic {
		t := kmsg.NewOffsetCommitRequestTopic()
		t.Topic, t.TopicID, t.Partitions = topic, ids[topic], parts
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, s.cl)
	if err != nil {
		return "", err
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return t.Topic, err
			}
		}
	}
	return "", nil
}
