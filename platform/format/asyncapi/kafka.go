package asyncapi

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// binding takes the topic's partitions, retention and compaction from the channel's Kafka binding.
func (b *builder) binding(kafka contract.Value) {
	rest := values.Without(kafka, "topic", "bindingVersion", "topicConfiguration")
	if n, err := kafka.Get("partitions").Int(); err == nil && n > 0 {
		b.keep("tidemark.partitions", values.Int(int64(n)))
		rest = values.Without(rest, "partitions")
	}
	configuration := kafka.Get("topicConfiguration")
	left := configuration
	if unit, n, ok := retention(configuration.Get("retention.ms")); ok {
		b.built.SLAProperties = append(b.built.SLAProperties, contract.SLAProperty{Property: "retention", Value: values.Int(n), Unit: unit})
		left = values.Without(left, "retention.ms")
	}
	policy := values.TextsOf(configuration.Get("cleanup.policy"))
	switch {
	case slices.Equal(policy, []string{"delete"}):
		left = values.Without(left, "cleanup.policy")
	case slices.Contains(policy, "compact"):
		if values.Kept(b.built.CustomProperties, "tidemark.key").Kind == absent {
			b.Warn(configuration.Get("cleanup.policy"), "compacted", "the topic is compacted, and nothing says which field is the record key: set tidemark.key and tidemark.compacted in the contract")
			break
		}
		b.keep("tidemark.compacted", values.Bool(true))
		if len(policy) == 1 {
			left = values.Without(left, "cleanup.policy")
		}
	}
	b.keep("asyncapi.kafka", values.With(rest, "topicConfiguration", left))
	if address := values.TextOf(b.channel.value.Get("address")); address != b.topic {
		b.keep("asyncapi.address", values.Text(address))
	}
}

// units are ODCS's units of time that retention.ms is said in, the longest that leaves no rest.
var units = []struct {
	name   string
	length time.Duration
}{
	{"days", 24 * time.Hour}, {"hours", time.Hour}, {"minutes", time.Minute}, {"seconds", time.Second}, {"ms", time.Millisecond},
}

// retention reads milliseconds; false for -1 (for ever), for what is no time, and for longer than 146 years, which no
// promise can be.
func retention(v contract.Value) (unit string, n int64, ok bool) {
	ms, err := strconv.ParseInt(v.Text, 10, 64)
	if v.Kind != strict.Integer || err != nil || ms <= 0 || ms > math.MaxInt64/2/int64(time.Millisecond) {
		return "", 0, false
	}
	for _, u := range units {
		if each := u.length.Milliseconds(); ms%each == 0 {
			return u.name, ms / each, true
		}
	}
	return "", 0, false
}

// leftovers keeps what is left of the document, the channel and its operations.
func (b *builder) leftovers() {
	v := b.channel.value
	if b.channel.key != b.topic {
		b.keep("asyncapi.channelName", values.Text(b.channel.key))
	}
	rest := values.Without(v, "address", "title", "description", "bindings", extension)
	if plainTags(v.Get("tags")) {
		rest = values.Without(rest, "tags")
	}
	b.keep("asyncapi.channel", rest)
	b.operations()
	if !b.ours() { // the document of an export is about a data product
		b.keep("asyncapi.id", values.Text(b.id))
		info := values.Without(b.info, "version", "contact", "tags")
		for _, key := range []string{"title", "description"} {
			if v.Get(key).Kind == absent {
				info = values.Without(info, key)
			}
		}
		b.keep("asyncapi.info", info)
	}
}

// plainTags tells whether tags have names only.
func plainTags(tags contract.Value) bool {
	return !slices.ContainsFunc(tags.Items, func(tag contract.Value) bool { return len(tag.Entries) != 1 })
}

// operations keeps what the application does with the channel, unless it is what Export would say anyway.
func (b *builder) operations() {
	var all []contract.Value
	for _, o := range b.document.operations {
		if o.channel != b.channel.key {
			continue
		}
		switch {
		case b.action == "":
			b.action = o.action
		case b.action != o.action:
			b.action = "send, receive"
		}
		if o.action == send && o.id == operationID(send, b.topic) && len(o.value.Entries) == 0 {
			continue
		}
		rest := values.With(values.Without(o.value, "bindings"), "bindings", kafkaOnly(values.Without(o.value.Get("bindings").Get("kafka"), "bindingVersion")))
		all = append(all, values.Under(values.Object(values.Key("id", values.Text(o.id)), values.Key("action", values.Text(o.action))), rest))
	}
	b.keep("asyncapi.operations", values.List(all...))
}
