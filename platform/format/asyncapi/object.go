package asyncapi

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// avroFormat begins the schemaFormat of Avro; the parameter is the version that the standard's own schema checks.
const (
	avroFormat  = "application/vnd.apache.avro"
	avroVersion = ";version=1.9.0"
)

// object makes the topic's schema object of the channel's message.
func (b *builder) object() {
	o := contract.SchemaObject{Name: b.channel.key, PhysicalName: b.topic, PhysicalType: "topic", LogicalType: "object"}
	switch {
	case len(b.channel.messages) == 0 && !b.channel.remote:
		b.Warn(b.channel.at, "payload", "the channel %s has no message: describe its records by hand", strict.Quote(b.channel.key))
	case len(b.channel.messages) > 0:
		b.message(&o, b.channel.messages[0])
	}
	if others := b.channel.messages[min(1, len(b.channel.messages)):]; len(others) > 0 {
		b.Warn(b.channel.at, "messages", "the channel %s has %d messages, and a topic has one kind of record: only the first is described", strict.Quote(b.channel.key), len(others)+1)
		var all contract.Value
		for _, m := range others {
			all = values.With(all, m.key, b.Inline(m.value))
		}
		defer b.keep("asyncapi.messages", all)
	}
	b.built.Objects = []contract.SchemaObject{o}
}

// message describes the records by the message and its payload.
func (b *builder) message(o *contract.SchemaObject, m message) {
	v := m.value
	o.BusinessName, o.Description = values.TextOf(v.Get("title")), first(v.Get("description"), v.Get("summary"))
	if name := first(v.Get("name"), values.Text(m.key)); name != "" {
		o.Name = name
	}
	payload := b.Follow(v.Get("payload"))
	format, isAvro := payload.Get("schemaFormat"), false
	if format.Kind == strict.Text && payload.Get("schema").Kind != absent {
		payload = b.Follow(payload.Get("schema"))
		isAvro = strings.HasPrefix(format.Text, avroFormat)
	}
	encoding := "json"
	switch known := strings.HasPrefix(format.Text, "application/vnd.aai.asyncapi") || strings.HasPrefix(format.Text, "application/schema+"); {
	case isAvro:
		encoding = "avro"
		b.avro(o, payload)
	case format.Kind == strict.Text && !known:
		b.Warn(format, "payload", "payloads of %s are not understood: describe the records by hand", strict.Quote(format.Text))
		encoding = ""
	case payload.Kind == strict.Map:
		b.jsonSchema(o, payload)
	}
	for i := range b.built.Servers {
		b.built.Servers[i].Format = encoding
	}
	if encoding == "json" && b.built.Servers == nil {
		b.keep("asyncapi.format", values.Text(encoding))
	}
	b.keyOf(v.Get("bindings").Get("kafka").Get("key"))
	rest := values.Without(v, "payload", "title", "description", "name", "bindings")
	if values.TextOf(rest.Get("contentType")) == contentType(encoding) {
		rest = values.Without(rest, "contentType")
	}
	kafka := values.Without(v.Get("bindings").Get("kafka"), "key", "bindingVersion")
	if encoding == "avro" && values.Equal(kafka, framing()) {
		kafka = contract.Value{}
	}
	rest = values.With(rest, "bindings", kafkaOnly(kafka))
	if encoding == "" {
		rest = values.With(rest, "payload", b.Inline(v.Get("payload")))
	}
	b.keep("asyncapi.message", rest)
	if m.key != o.Name {
		b.keep("asyncapi.messageName", values.Text(m.key))
	}
}

// contentType is what Export says of an encoding.
func contentType(encoding string) string {
	if encoding == "avro" {
		return "application/avro"
	}
	return "application/json"
}

// framing is the message binding of Confluent's wire format.
func framing() contract.Value {
	return values.Object(
		values.Key("schemaIdLocation", values.Text("payload")),
		values.Key("schemaIdPayloadEncoding", values.Text("confluent")),
	)
}

// avro describes the records by an Avro schema.
func (b *builder) avro(o *contract.SchemaObject, payload contract.Value) {
	if payload.Kind == absent { // it is elsewhere, which is reported
		return
	}
	text := values.JSON(b.Inline(payload))
	if payload.Kind == strict.Text { // the schema as a text
		text = []byte(payload.Text)
	}
	s, err := avro.Parse(text)
	if err != nil {
		b.Warn(payload, "payload", "the payload is no Avro schema: %v", err)
		return
	}
	if s.Type() != avro.TypeRecord {
		b.Warn(payload, "payload", "the payload is %s, and a topic's records are of type record: wrap it", s.Type())
		return
	}
	properties, findings := avsc.Properties(s)
	if !b.spend(countOf(properties), 0) {
		return
	}
	b.Report(payload, findings)
	o.Properties = properties
	o.Name = s.Name()[strings.LastIndex(s.Name(), ".")+1:]
	if o.Description == "" {
		o.Description = s.Doc()
	}
	if payload.Kind == strict.Text {
		text = values.JSON(values.FromJSON(text))
	}
	b.schema = text
}

// countOf is how many properties there are, with what is within them.
func countOf(properties []contract.Property) int {
	n := len(properties)
	for i := range properties {
		n += countOf(properties[i].Properties)
		for item := properties[i].Items; item != nil; item = item.Items {
			n += 1 + countOf(item.Properties)
		}
	}
	return n
}

// keyOf takes the key's schema: the field that it is, where Export has named one, or the schema as it is.
func (b *builder) keyOf(key contract.Value) {
	if key = b.Inline(key); key.Kind != strict.Map {
		return
	}
	if field := values.TextOf(key.Get("x-field")); field != "" {
		b.keep("tidemark.key", values.Text(field))
		if values.Equal(key, keySchema(field)) {
			return
		}
	}
	b.keep("asyncapi.key", key)
}

// keySchema is the schema of a record key that is a field as text.
func keySchema(field string) contract.Value {
	return values.Object(
		values.Key("type", values.Text("string")),
		values.Key("description", values.Text("The field "+field+", as text.")),
		values.Key("x-field", values.Text(field)),
	)
}
