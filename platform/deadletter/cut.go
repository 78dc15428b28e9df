package deadletter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// complete gives a letter that was cut its record's key, value and headers back, from the record itself. It gives false where
// that is not there any more, or is another: the topic was made anew.
func (q *Queue) complete(ctx context.Context, l *Letter) (bool, error) {
	if l.Cut == nil {
		return true, nil
	}
	r, err := q.at(ctx, l.Origin)
	if err != nil {
		return false, fmt.Errorf("the record at %s, which its dead letter has no room for: %w", l.Origin, err)
	}
	if r == nil {
		return false, nil
	}
	if sum := sha256.Sum256(r.Value); "sha256:"+hex.EncodeToString(sum[:]) != l.Cut.Digest {
		return false, nil
	}
	l.Key, l.Value, l.Headers, l.Cut = r.Key, r.Value, r.Headers, nil
	return true, nil
}

// at reads one record; nil where there is none.
func (q *Queue) at(ctx context.Context, c Coordinates) (*kafka.Record, error) {
	admin, err := kafka.NewAdmin(q.cfg)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	bounds, err := scan.Bounds(ctx, admin, c.Topic)
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	tp := kafka.TopicPartition{Topic: c.Topic, Partition: c.Partition}
	if has, ok := bounds[tp]; !ok || c.Offset < has.From || c.Offset >= has.To {
		return nil, nil
	}
	for r, err := range scan.Records(ctx, q.cfg, scan.Ranges{tp: {From: c.Offset, To: c.Offset + 1}}) {
		if err != nil {
			return nil, err
		}
		if r.Offset == c.Offset {
			return r, nil
		}
	}
	return nil, nil
}
