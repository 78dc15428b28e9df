package event

import (
	"strconv"
	"strings"
	"time"
)

// The control topics. They are the mesh's only source of truth: what the platform knows is a fold of them.
const (
	TopicProducts   = "platform.mesh.products.v1"   // Descriptor, compacted
	TopicLifecycle  = "platform.mesh.lifecycle.v1"  // Lifecycle, compacted after 7 days
	TopicHeartbeats = "platform.mesh.heartbeats.v1" // Heartbeat, compacted
	TopicFreshness  = "platform.mesh.freshness.v1"  // Freshness, compacted
	TopicBreaches   = "platform.mesh.breaches.v1"   // Breach, kept 400 days
	TopicVerdicts   = "platform.mesh.verdicts.v1"   // Verdict, compacted
)

// ControlTopics lists the control topics in a fixed order.
func ControlTopics() []string {
	return []string{TopicProducts, TopicLifecycle, TopicHeartbeats, TopicFreshness, TopicBreaches, TopicVerdicts}
}

// DeadLetterTopic is where a data product, named <domain>.<product>, sets aside what it rejects.
func DeadLetterTopic(dataProduct string) string { return dataProduct + deadLetters }

// RetryTopic is where its dead letters are sent back to: an input of it that no port names.
func RetryTopic(dataProduct string) string { return dataProduct + retries }

// HoldsRejects tells by its name whether a topic is one of these, of any data product. No port can have these names.
func HoldsRejects(topic string) bool {
	return strings.HasSuffix(topic, deadLetters) || strings.HasSuffix(topic, retries)
}

const (
	deadLetters = ".dlq"
	retries     = ".retry"
)

// Event is one control event: a generated struct that knows where it belongs.
type Event interface {
	// Topic is the control topic that carries the event.
	Topic() string
	// Key is the record key; the newest event of a key speaks for it.
	Key() string
	// Type is the CloudEvents type.
	Type() string
	// Time is when the event happened, by the clock of who says it.
	Time() time.Time
}

func (*Lifecycle) Topic() string     { return TopicLifecycle }
func (e *Lifecycle) Key() string     { return e.Subject }
func (*Lifecycle) Type() string      { return "tidemark.mesh.lifecycle" }
func (e *Lifecycle) Time() time.Time { return e.At }

func (*Heartbeat) Topic() string     { return TopicHeartbeats }
func (e *Heartbeat) Key() string     { return e.Instance }
func (*Heartbeat) Type() string      { return "tidemark.mesh.heartbeat" }
func (e *Heartbeat) Time() time.Time { return e.At }

func (*Freshness) Topic() string { return TopicFreshness }

// Key names the port and the input partition: <port>|<input topic>|<input partition>.
func (e *Freshness) Key() string {
	return e.Port + "|" + e.InputTopic + "|" + strconv.Itoa(int(e.InputPartition))
}
func (*Freshness) Type() string      { return "tidemark.mesh.freshness" }
func (e *Freshness) Time() time.Time { return e.At }

func (*Descriptor) Topic() string { return TopicProducts }

// Key is <id>@<version>, so that every version stays.
func (e *Descriptor) Key() string     { return e.ID + "@" + e.Version }
func (*Descriptor) Type() string      { return "tidemark.mesh.descriptor" }
func (e *Descriptor) Time() time.Time { return e.PublishedAt }

func (*Breach) Topic() string { return TopicBreaches }
func (e *Breach) Key() string { return e.ID }
func (*Breach) Type() string  { return "tidemark.mesh.breach" }

// Time is the breach's end, or its start while it lasts.
func (e *Breach) Time() time.Time {
	if e.End != nil {
		return *e.End
	}
	return e.Start
}

func (*Verdict) Topic() string     { return TopicVerdicts }
func (e *Verdict) Key() string     { return e.Digest }
func (*Verdict) Type() string      { return "tidemark.mesh.verdict" }
func (e *Verdict) Time() time.Time { return e.JudgedAt }

// Outcomes of a Verdict.
const (
	Allowed  = "allowed"
	Denied   = "denied"
	Unjudged = "unjudged" // the platform has no policies
)

// SubjectInstance, SubjectDataProduct and SubjectPort build a Lifecycle event's subject.
func SubjectInstance(instance string) string { return "instance/" + instance }

// SubjectDataProduct is a data product as one instance runs it.
func SubjectDataProduct(id, instance string) string { return "data-product/" + id + "@" + instance }

// SubjectPort is a port, whoever runs it, by its id.
func SubjectPort(id string) string { return "port/" + id }
