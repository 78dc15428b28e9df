package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// ErrUnknownTopic says that a topic is not there.
var ErrUnknownTopic = errors.New("no such topic")

// ErrTooLarge says that the broker or the topic does not take a record, or a batch of records, of this size.
var ErrTooLarge error = kerr.MessageTooLarge

// ProduceError says to which topic a record could not be written.
type ProduceError struct {
	Topic string
	Err   error
}

func (e *ProduceError) Error() string { return fmt.Sprintf("produce to %s: %v", e.Topic, e.Err) }

func (e *ProduceError) Unwrap() error { return e.Err }

// ErrOutOfRange says that an offset is not in the log: retention passed it, or the log was truncated.
var ErrOutOfRange error = kerr.OffsetOutOfRange

// Classify says whose fault a Kafka error is. Missing authorisation, a missing topic and a record that is too
// large are ours (fatal): waiting does not mend them. Everything that a broker or the network may recover from is transient, and so is what the broker does
// not explain. An error that says already whose fault it is stays as it is.
func Classify(err error) error {
	switch {
	case err == nil:
		return nil
	case fault.Marked(err):
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

// Fenced says that another producer has taken the transactional id: whoever opened it last has it.
func Fenced(err error) bool {
	return isAny(err, kerr.ProducerFenced, kerr.InvalidProducerEpoch)
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
