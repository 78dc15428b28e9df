package asyncapi

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// format begins the ids of the rules here, and the names of custom properties.
const format = "asyncapi"

// Imported is what one topic of a document became.
type Imported struct {
	Contract *contract.Contract // bound to its schema
	Schema   []byte             // the payload's Avro schema (.avsc); nil if the payload was none
	Action   string             // what the document's application does with the topic: send, receive, "send, receive" or ""
}

// Import reads an AsyncAPI document of version 2.x or 3.x, YAML or JSON: a contract for each channel on Kafka, in the order of
// the channels. There is none if a finding is an error. The file's name is used in findings only. What is not Kafka, or cannot
// be carried, is a warning.
func Import(file string, text []byte) ([]Imported, []contract.Finding) {
	d := values.Read(file, text, format)
	if d.Root.Kind == absent {
		return nil, d.Findings()
	}
	imported := read(d)
	findings := d.Findings()
	if contract.HasErrors(findings) {
		return nil, findings
	}
	return imported, findings
}

// ImportPart is Import of a document that is part of another one, such as the API of a port. The findings stand where the part
// stands.
func ImportPart(file string, part contract.Value) ([]Imported, []contract.Finding) {
	d := values.Of(file, part, format)
	imported := read(d)
	findings := d.Findings()
	if contract.HasErrors(findings) {
		return nil, findings
	}
	return imported, findings
}

func read(d *values.Document) []Imported {
	r := &reader{Document: d}
	version := d.Root.Get("asyncapi")
	major, _, _ := strings.Cut(version.Text, ".")
	r.id = values.TextOf(d.Root.Get("id"))
	r.content = values.TextOf(d.Root.Get("defaultContentType"))
	r.info = r.Inline(d.Root.Get("info"))
	if tags := d.Root.Get("tags"); tags.Kind == strict.List { // 2.x has them at the top
		r.info = values.Under(r.info, values.Object(values.Key("tags", r.Inline(tags))))
	}
	switch {
	case version.Kind == absent:
		r.Error(d.Root, "version", "the key asyncapi is missing: it says the version, such as 3.1.0")
		return nil
	case major == "2":
		r.version2()
	case major == "3":
		r.version3()
	default:
		r.Error(version, "version", "AsyncAPI %s is not supported; supported are 2.x and 3.x", strict.Quote(version.Text))
		return nil
	}
	var imported []Imported
	topics := make(map[string]bool)
	for _, c := range r.channels {
		if r.properties > maxProperties || r.bytes > maxBytes { // which is an error
			return nil
		}
		i, ok := r.contract(c)
		if !ok {
			continue
		}
		if topic := i.Contract.Objects[0].PhysicalName; topics[topic] {
			r.Warn(c.at, "topic", "a second channel is the topic %s: it is left out", strict.Quote(topic))
			continue
		} else {
			topics[topic] = true
		}
		imported = append(imported, i)
	}
	if len(imported) == 0 {
		r.Warn(d.Root, "empty", "the document has no channel on Kafka: there is nothing to import")
	}
	return imported
}
