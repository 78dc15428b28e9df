package kafka

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// ErrUnknownTopic says that a topic is not there.
var ErrUnknownTopic = errors.New("no such topic")

// ErrTooLarge says that the broker or the topic does not take a record of this size.
var ErrTooLarge error = kerr.MessageTooLarge

// ErrOutOfRange says that an offset is not in the log: retention passed it, or the log was truncated.
var ErrOutOfRange error = kerr.OffsetOutOfRange

// Classify says whose fault a Kafka error is. Missing authorisation, a missing topic and a record that is too
// large are ours (fatal): waiting does not mend them. A fenced producer is ours as well: another instance took
// our place. Everything that a broker or the network may recover from is transient, and so is what the broker does
// not explain.
func Classify(err error) error {
	switch {
	case err == nil:
		return nil
	case fault.KindOf(err) == fault.Transient, fault.KindOf(err) == fault.Rejected:
		return err
	case isAny(err, kerr.TopicAuthorizationFailed, kerr.GroupAuthorizationFailed, kerr.ClusterAuthorizationFailed,
		kerr.TransactionalIDAuthorizationFailed, kerr.SaslAuthenticationFailed, kerr.MessageTooLarge,
		kerr.RecordListTooLarge, kerr.UnknownTopicOrPartition, kerr.UnknownTopicID, kerr.InvalidTopicException,
		kerr.InvalidRecord, ErrUnknownTopic, errClosed):
		return fault.Fatally(err)
	default:
		return fault.Transiently(err)
	}
}

// Indefinite says that after this error a producer does not know what the broker holds: its client must be
// thrown away, never used on.
func Indefinite(err error) bool {
	return isAny(err, kerr.ProducerFenced, kerr.InvalidProducerEpoch, kerr.InvalidProducerIDMapping,
		kerr.UnknownProducerID, kerr.OutOfOrderSequenceNumber, kerr.InvalidTxnState, kgo.ErrRecordTimeout,
		kgo.ErrRecordRetries, kgo.ErrAborting)
}

func isAny(err error, targets ...error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}

var errClosed = kgo.ErrClientClosed

// Unreachable says that no broker could be talked to at all.
func Unreachable(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded)
}
