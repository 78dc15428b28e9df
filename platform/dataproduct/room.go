package dataproduct

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// letterRoom is how large a batch the dead letter topic takes. Tidemark's own takes kafka.RejectBytes; one that somebody else made
// may take less, which shows only when it refuses.
type letterRoom struct {
	batch int // 0 is kafka.RejectBytes
}

// The least that is tried: a letter without its value always fits that.
const leastRoom = 16 << 10

func (l *letterRoom) bytes() int {
	if l.batch == 0 {
		return kafka.RejectBytes
	}
	return l.batch
}

// fit leaves out of a dead letter what there is no room for: the value, for which its digest and its length stand, and where
// that is not enough the headers that came with the record, and its key. The record itself is where the letter's
// coordinates say, and a replay takes it from there. What the letter adds, the last of its headers, always stays.
func (l *letterRoom) fit(rec *kafka.Record, added int) *kafka.Record {
	if kafka.Fits(rec, l.bytes()) {
		return rec
	}
	sum := sha256.Sum256(rec.Value)
	cut := []kafka.Header{
		{Key: event.HeaderCutDigest, Value: []byte("sha256:" + hex.EncodeToString(sum[:]))},
		{Key: event.HeaderCutBytes, Value: []byte(strconv.Itoa(len(rec.Value)))},
	}
	rec.Value, rec.Headers = nil, append(rec.Headers[:len(rec.Headers):len(rec.Headers)], cut...)
	if !kafka.Fits(rec, l.bytes()) {
		rec.Headers, rec.Key = rec.Headers[len(rec.Headers)-added-len(cut):], nil
	}
	return rec
}

// refused takes in that a topic did not take what was produced. Where that is the dead letter topic, the next session has smaller
// batches and letters: the error is no longer a fault of ours that ends the data product.
func (r *runner) refused(s *slot, err error) error {
	produce, ok := errors.AsType[*kafka.ProduceError](err)
	if !ok || produce.Topic != r.plan.dlq || !errors.Is(err, kafka.ErrTooLarge) || r.room.bytes() <= leastRoom {
		return kafka.Classify(err)
	}
	takes := r.takes(r.plan.dlq)
	if takes >= r.room.bytes() { // or nobody may know
		takes = r.room.bytes() / 8
	}
	r.room.batch = max(leastRoom, takes)
	r.log.Warn("the dead letter topic takes less than it should: letters that it has no room for stand without their value", "topic", r.plan.dlq,
		"bytes", r.room.batch, "next", fmt.Sprintf("set its max.message.bytes to %d, as tidemark apply does", kafka.RejectBytes))
	// The transaction is ended here, since the next session may use this slot late: until its timeout, readers of committed
	// records would wait for it.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return fault.Transiently(errors.Join(err, s.tx.Abort(ctx)))
}

// takes asks how large a batch a topic takes; where that is not ours to know, as much as any.
func (r *runner) takes(topic string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	const setting = "max.message.bytes"
	settings, err := r.host.admin.TopicSettings(ctx, []string{setting}, []string{topic})
	if err != nil {
		return kafka.RejectBytes
	}
	n, err := strconv.Atoi(settings[topic][setting].Value)
	if err != nil {
		return kafka.RejectBytes
	}
	return n
}
