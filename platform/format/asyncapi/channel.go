package asyncapi

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// topicOf is the schema object that is the contract's topic; nil if there is none, or more than one.
func topicOf(c *contract.Contract) *contract.SchemaObject {
	if len(c.Objects) != 1 || c.Objects[0].PhysicalType != "topic" || c.Objects[0].PhysicalName == "" {
		return nil
	}
	return &c.Objects[0]
}

// contract writes the channel and the operations of a contract; action is "" where no port says it.
func (w *writer) contract(c *contract.Contract, action string) {
	o := topicOf(c)
	if o == nil {
		w.warn(c.File, "schema", "topic", "the contract %s is not about one topic: it is left out; give its schema object physicalType: topic and the topic as physicalName", c.ID)
		return
	}
	if i := w.index(c); i >= 0 { // an input port that is an output port too
		w.operation(w.written[i].channel, c, o, action)
		return
	}
	name := values.TextOf(values.Kept(c.CustomProperties, "asyncapi.channelName"))
	if name == "" {
		name = o.PhysicalName
	}
	name = w.unique("channel", name)
	w.written = append(w.written, written{name, c})
	w.channels = values.With(w.channels, name, w.channel(c, o))
	w.operation(name, c, o, action)
}

func (w *writer) index(c *contract.Contract) int {
	for i, x := range w.written {
		if x.contract == c || topicOf(x.contract).PhysicalName == topicOf(c).PhysicalName {
			return i
		}
	}
	return -1
}

func (w *writer) channel(c *contract.Contract, o *contract.SchemaObject) contract.Value {
	address, topic := values.Kept(c.CustomProperties, "asyncapi.address"), contract.Value{}
	if address.Kind == strict.Text {
		topic = values.Text(o.PhysicalName)
	} else {
		address = values.Text(o.PhysicalName)
	}
	was := allowed(unref(values.Kept(c.CustomProperties, "asyncapi.channel")), "summary", "parameters", "externalDocs", "tags")
	tags := tagList(c.Tags)
	if was.Get("tags").Kind == strict.List {
		tags = was.Get("tags")
	}
	var purpose string
	if c.Description != nil {
		purpose = c.Description.Purpose
	}
	return values.Under(values.Object(
		values.Key("address", address),
		values.Key("title", values.Text(c.Name)),
		values.Key("description", values.Text(purpose)),
		values.Key("servers", w.serversOf(c)),
		values.Key("messages", w.messages(c, o)),
		values.Key("tags", tags),
		values.Key("bindings", values.Object(values.Key("kafka", kafkaBinding(c, topic)))),
	), was)
}

// allowed is an object with these keys and its extensions only: 2.x had others.
func allowed(v contract.Value, keys ...string) contract.Value {
	var out contract.Value
	for _, e := range v.Entries {
		if extensionName.MatchString(e.Key) {
			out = values.With(out, e.Key, e.Value)
		}
		for _, key := range keys {
			if e.Key == key {
				out = values.With(out, e.Key, e.Value)
			}
		}
	}
	return out
}

var extensionName = regexp.MustCompile(`^x-[\w.-]+$`)

// serversOf adds the contract's Kafka servers to the document, and refers to them.
func (w *writer) serversOf(c *contract.Contract) contract.Value {
	var refs []contract.Value
	for _, s := range c.Servers {
		if s.Type != "kafka" {
			continue
		}
		name, v := s.Server, serverValue(s, s.Server)
		for known := w.servers.Get(name); known.Kind != absent && !values.Equal(known, v); known = w.servers.Get(name) {
			name += "-2"
			v = serverValue(s, name)
		}
		w.servers = values.With(w.servers, name, v)
		refs = append(refs, reference("servers", name))
	}
	return values.List(refs...)
}

// serverValue is a server with its name as title: a channel's servers must differ, by more than the names of references.
func serverValue(s contract.Server, name string) contract.Value {
	was := allowed(unref(values.Kept(s.CustomProperties, "asyncapi.server")), "protocol", "protocolVersion", "pathname", "title", "summary", "variables", "security", "tags", "externalDocs", "bindings")
	protocol := values.Text("kafka")
	if p := was.Get("protocol"); p.Kind == strict.Text {
		protocol = p
	}
	registry := values.Kept(s.CustomProperties, "schemaRegistryUrl")
	if registry.Kind != strict.Text {
		registry = contract.Value{}
	}
	kafka := was.Get("bindings").Get("kafka")
	if kafka.Kind != absent || registry.Kind != absent {
		kafka = values.With(values.With(kafka, "schemaRegistryUrl", registry), "bindingVersion", values.Text(binding))
	}
	return values.Under(values.Object(
		values.Key("host", values.Text(s.Host)),
		values.Key("protocol", protocol),
		values.Key("title", values.Text(first(was.Get("title"), values.Text(name)))),
		values.Key("description", values.Text(s.Description)),
		values.Key("bindings", values.Object(values.Key("kafka", kafka))),
	), was)
}

// kafkaBinding is the channel's: partitions, and how long and how the topic keeps its records.
func kafkaBinding(c *contract.Contract, topic contract.Value) contract.Value {
	was := unref(values.Kept(c.CustomProperties, "asyncapi.kafka"))
	policy := values.Texts([]string{"delete"})
	if c.Compacted() {
		policy = values.Texts([]string{"compact"})
	}
	configuration := was.Get("topicConfiguration")
	if configuration.Get("cleanup.policy").Kind == absent {
		configuration = values.With(configuration, "cleanup.policy", policy)
	}
	if kept := c.SLA().Retention; kept > 0 && configuration.Get("retention.ms").Kind == absent {
		configuration = values.With(configuration, "retention.ms", values.Int(kept.Milliseconds()))
	}
	return values.Under(values.Object(
		values.Key("topic", topic),
		values.Key("partitions", values.Kept(c.CustomProperties, "tidemark.partitions")),
		values.Key("topicConfiguration", configuration),
		values.Key("bindingVersion", values.Text(binding)),
	), values.Without(was, "topicConfiguration"))
}

// messageName is the name of the channel's one message.
func messageName(c *contract.Contract, o *contract.SchemaObject) string {
	if name := values.TextOf(values.Kept(c.CustomProperties, "asyncapi.messageName")); name != "" {
		return name
	}
	return o.Name
}

// messages is the message that the contract describes, and those that an import found beside it.
func (w *writer) messages(c *contract.Contract, o *contract.SchemaObject) contract.Value {
	messages := values.Object(values.Key(messageName(c, o), w.message(c, o)))
	for _, e := range values.Kept(c.CustomProperties, "asyncapi.messages").Entries {
		messages = values.Under(messages, values.Object(values.Key(e.Key, allowed(unref(withVersion(e.Value)), messageKeys()...))))
	}
	return messages
}

// messageKeys are those that a message of 3.x has beside the ones that Export writes.
func messageKeys() []string {
	return []string{
		"name", "title", "description", "contentType", "summary", "headers", "correlationId", "examples", "externalDocs", "tags",
		"deprecated", "bindings", "payload",
	}
}

// withVersion sets the version of the Kafka binding that is written.
func withVersion(v contract.Value) contract.Value {
	kafka := v.Get("bindings").Get("kafka")
	if kafka.Kind == absent {
		return v
	}
	return values.With(v, "bindings", values.Object(values.Key("kafka", values.With(kafka, "bindingVersion", values.Text(binding)))))
}

func (w *writer) message(c *contract.Contract, o *contract.SchemaObject) contract.Value {
	was := allowed(unref(values.Kept(c.CustomProperties, "asyncapi.message")), messageKeys()...)
	payload, encoding := w.payload(c, o)
	key := values.Kept(c.CustomProperties, "asyncapi.key")
	if field := values.Kept(c.CustomProperties, "tidemark.key"); key.Kind == absent && field.Kind == strict.Text {
		key = keySchema(field.Text)
	}
	kafka := values.Object(values.Key("key", unref(key)))
	if encoding == "avro" {
		kafka = values.Under(kafka, framing())
	}
	kafka = values.With(values.Under(was.Get("bindings").Get("kafka"), kafka), "bindingVersion", values.Text(binding))
	return values.Under(values.Object(
		values.Key("name", values.Text(o.Name)),
		values.Key("title", values.Text(o.BusinessName)),
		values.Key("description", values.Text(o.Description)),
		values.Key("contentType", values.Text(first(was.Get("contentType"), values.Text(contentType(encoding))))),
		values.Key("payload", payload),
		values.Key("bindings", values.Object(values.Key("kafka", kafka))),
	), was)
}

// payload is the schema of the topic's values: Avro, or JSON Schema where that is what the topic holds, or where no Avro
// schema can say it.
func (w *writer) payload(c *contract.Contract, o *contract.SchemaObject) (payload contract.Value, encoding string) {
	if c.Schema() == nil && holdsJSON(c) {
		return jsonPayload(o), "json"
	}
	if c.Schema() == nil && len(o.Properties) == 0 { // nobody has described it, or an import could not
		return contract.Value{}, ""
	}
	text, findings := avsc.Schema(c, namespace(c, o))
	w.findings = append(w.findings, findings...)
	schema := values.FromJSON(text)
	if schema.Kind != strict.Map {
		return jsonPayload(o), "json"
	}
	return values.Object(values.Key("schemaFormat", values.Text(avroFormat+avroVersion)), values.Key("schema", schema)), "avro"
}

func holdsJSON(c *contract.Contract) bool {
	for _, s := range c.Servers {
		if s.Type == "kafka" && s.Format == "json" {
			return true
		}
	}
	return values.Kept(c.CustomProperties, "asyncapi.format").Text == "json"
}

// namespace is the Avro namespace of a schema that is made: the data product, where the topic's name says it.
func namespace(c *contract.Contract, o *contract.SchemaObject) string {
	if m := tidemarkTopic.FindStringSubmatch(o.PhysicalName); m != nil {
		return m[1] + "." + m[2]
	}
	return c.Domain
}

// operation writes what the application does with a channel: what a port says, or the contract's own operations, or send.
func (w *writer) operation(channel string, c *contract.Contract, o *contract.SchemaObject, action string) {
	said := values.Kept(c.CustomProperties, "asyncapi.operations").Items
	wrote := false
	for _, v := range said {
		if a := values.TextOf(v.Get("action")); a == action || action == "" && (a == send || a == receive) {
			w.put(first(v.Get("id"), values.Text(operationID(a, o.PhysicalName))), a, channel, c, o, v)
			wrote = true
		}
	}
	if wrote {
		return
	}
	if action == "" {
		action = send
	}
	w.put(operationID(action, o.PhysicalName), action, channel, c, o, contract.Value{})
}

func (w *writer) put(id, action, channel string, c *contract.Contract, o *contract.SchemaObject, was contract.Value) {
	w.operations = values.With(w.operations, w.unique("operation", id), values.Under(values.Object(
		values.Key("action", values.Text(action)),
		values.Key("channel", reference("channels", channel)),
		values.Key("messages", values.List(reference("channels", channel, "messages", messageName(c, o)))),
	), allowed(unref(withVersion(was)), "title", "summary", "description", "tags", "externalDocs", "bindings", "security")))
}

// reference is a local one, such as #/channels/orders.
func reference(steps ...string) contract.Value {
	var b strings.Builder
	b.WriteByte('#')
	for _, step := range steps {
		b.WriteString("/" + values.Escape(step))
	}
	return values.Object(values.Key("$ref", values.Text(b.String())))
}

// operationID is such as sendOrdersOrderLinesLinesV1.
func operationID(action, topic string) string {
	var b strings.Builder
	b.WriteString(action)
	for word := range strings.FieldsFuncSeq(topic, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		b.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	return b.String()
}
