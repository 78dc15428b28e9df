package asyncapi

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// extension holds, in a channel, what only ODCS has: the remainder of the contract.
const extension = "x-odcs"

// contract makes a contract of a channel; false where the channel is not on Kafka or is nothing to go on with.
func (r *reader) contract(c *channel) (Imported, bool) {
	kafka := c.value.Get("bindings").Get("kafka")
	if !r.onKafka(c, kafka) {
		return Imported{}, false
	}
	topic := values.TextOf(kafka.Get("topic"))
	if topic == "" {
		topic = values.TextOf(c.value.Get("address"))
	}
	switch {
	case topic == "":
		r.Warn(c.at, "topic", "the channel %s has no address and no topic: it is left out", strict.Quote(c.key))
		return Imported{}, false
	case strings.Contains(topic, "{"):
		r.Warn(c.at, "topic", "the topic %s has parameters: write a contract for each topic that they make", strict.Quote(topic))
	}
	b := &builder{reader: r, channel: c, topic: topic}
	b.identity()
	b.support()
	b.servers()
	b.object()
	b.binding(kafka)
	b.leftovers()
	return b.finish()
}

// onKafka tells whether a channel is a topic: it or one of its servers says so, or nothing says otherwise.
func (r *reader) onKafka(c *channel, kafka contract.Value) bool {
	if kafka.Kind == strict.Map || len(r.servers) == 0 {
		return true
	}
	for _, s := range r.serversOf(c) {
		if strings.HasPrefix(values.TextOf(s.value.Get("protocol")), "kafka") {
			return true
		}
	}
	r.Warn(c.at, "protocol", "the channel %s is on no Kafka server: it is left out", strict.Quote(c.key))
	return false
}

func (r *reader) serversOf(c *channel) []server {
	if c.servers == nil {
		return r.document.servers
	}
	var servers []server
	for _, name := range c.servers {
		for _, s := range r.document.servers {
			if s.name == name {
				servers = append(servers, s)
			}
		}
	}
	return servers
}

// builder makes the contract of one channel.
type builder struct {
	*reader
	channel *channel
	topic   string
	built   contract.Contract
	schema  []byte
	action  string
}

// keep puts what ODCS has no place for into the contract's customProperties.
func (b *builder) keep(name string, v contract.Value) {
	values.Keep(&b.built.CustomProperties, name, v)
}

// ours tells whether the channel is of a document that Export wrote.
func (b *builder) ours() bool { return b.channel.value.Get(extension).Kind == strict.Map }

// identity takes what the contract is called.
func (b *builder) identity() {
	c, v, info := &b.built, b.channel.value, b.info
	c.File, c.APIVersion, c.Status = b.File, "v3.1.0", "draft"
	c.Version = values.TextOf(info.Get("version"))
	if c.Version == "" {
		b.Warn(info, "version", "info.version is missing: the contract begins at 0.1.0")
		c.Version = "0.1.0"
	}
	c.ID = b.contractID()
	c.Name = first(v.Get("title"), b.messageTitle(), info.Get("title"))
	if purpose := first(v.Get("description"), v.Get("summary"), info.Get("description")); purpose != "" {
		c.Description = &contract.Description{Purpose: purpose}
	}
	for _, tags := range []contract.Value{v.Get("tags"), info.Get("tags")} {
		for _, tag := range tags.Items {
			if name := values.TextOf(tag.Get("name")); name != "" {
				c.Tags = append(c.Tags, name)
			}
		}
		if c.Tags != nil {
			return
		}
	}
}

// messageTitle is the title of the channel's first message.
func (b *builder) messageTitle() contract.Value {
	if len(b.channel.messages) == 0 {
		return contract.Value{}
	}
	return b.channel.messages[0].value.Get("title")
}

// first is the first text that says something.
func first(candidates ...contract.Value) string {
	for _, v := range candidates {
		if text := values.TextOf(v); text != "" {
			return text
		}
	}
	return ""
}

// tidemarkTopic is <domain>.<product>.<port>.v<major>.
var tidemarkTopic = regexp.MustCompile(`^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.v([0-9]+)$`)

// contractID is the contract's id: the application's with the topic, or what the topic's name says, or a made up one.
func (b *builder) contractID() string {
	if b.id != "" {
		return b.id + ":" + b.topic
	}
	if m := tidemarkTopic.FindStringSubmatch(b.topic); m != nil {
		return "urn:datamesh:" + strings.Join(m[1:], ":")
	}
	return "urn:asyncapi:" + cmp.Or(values.Slug(values.TextOf(b.info.Get("title"))), "document") + ":" + b.topic
}

// support makes the contact channels to reach the owners.
func (b *builder) support() {
	contact := b.info.Get("contact")
	name := values.TextOf(contact.Get("name"))
	if name == "" {
		name = "contact"
	}
	url, email := values.TextOf(contact.Get("url")), values.TextOf(contact.Get("email"))
	if url != "" {
		b.built.Support = append(b.built.Support, contract.Support{Channel: name, URL: url})
	}
	if email != "" {
		b.built.Support = append(b.built.Support, contract.Support{Channel: name + " email", URL: "mailto:" + email, Tool: "email"})
	}
}

// servers takes the Kafka clusters that the channel is on.
func (b *builder) servers() {
	for _, s := range b.serversOf(b.channel) {
		v := s.value
		protocol := values.TextOf(v.Get("protocol"))
		if !strings.HasPrefix(protocol, "kafka") {
			continue
		}
		into := contract.Server{Server: s.name, Type: "kafka", Host: values.TextOf(v.Get("host")), Description: values.TextOf(v.Get("description"))}
		if into.Host == "" {
			b.Warn(v, "server", "the server %s has no host: it is left out", strict.Quote(s.name))
			continue
		}
		binding := v.Get("bindings").Get("kafka")
		values.Keep(&into.CustomProperties, "schemaRegistryUrl", values.Text(values.TextOf(binding.Get("schemaRegistryUrl"))))
		rest := values.Without(v, "host", "description", "bindings")
		if protocol == "kafka" {
			rest = values.Without(rest, "protocol")
		}
		if values.TextOf(v.Get("title")) == s.name {
			rest = values.Without(rest, "title")
		}
		rest = values.With(rest, "bindings", kafkaOnly(values.Without(binding, "schemaRegistryUrl", "bindingVersion")))
		values.Keep(&into.CustomProperties, "asyncapi.server", rest)
		b.built.Servers = append(b.built.Servers, into)
	}
}

// kafkaOnly are bindings with what is left of Kafka's: those of other protocols say nothing about a topic. Absent where
// nothing is left.
func kafkaOnly(left contract.Value) contract.Value {
	return values.Object(values.Key("kafka", left))
}

// finish restores what only ODCS has, and reads the contract as a file would be read.
func (b *builder) finish() (Imported, bool) {
	at := b.channel.at
	text := values.Compact(values.Restore(b.built.Document(), b.channel.value.Get(extension)))
	if !b.spend(0, len(text)) {
		return Imported{}, false
	}
	c, findings := contract.ParseContract(b.File, text)
	if c == nil && b.ours() {
		b.Report(at, warnings(findings))
		b.Warn(at, "extension", "%s does not fit the channel any more, and is left out: mend it or remove it", extension)
		c, findings = contract.ParseContract(b.File, values.Compact(b.built.Document()))
	}
	for i := range findings {
		findings[i].Line, findings[i].Column = 0, 0 // of the contract, not of this file
	}
	b.Report(at, findings)
	if c == nil {
		return Imported{}, false
	}
	c.Raw = nil
	if b.schema != nil {
		b.Report(at, warnings(c.Bind(b.File, b.schema)))
	}
	return Imported{Contract: c, Schema: b.schema, Action: b.action}, true
}

func warnings(findings []contract.Finding) []contract.Finding {
	for i := range findings {
		findings[i].Severity = max(findings[i].Severity, contract.SeverityWarning)
		findings[i].Line, findings[i].Column = 0, 0
	}
	return findings
}
