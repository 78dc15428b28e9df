package dpds

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// api makes contracts of an output port's API, if it is of a kind that has a schema; then what Export writes again is taken from
// the promises.
func (p *port) api(out *contract.Port) []*contract.Contract {
	api := p.promises.Get("api")
	if ref, ok := values.Ref(api); ok || api.Kind != strict.Map {
		if ok {
			p.Note(api, "api", "the API of the port %s is %s, which is outside this file: there is no contract for it", out.Name, strict.Quote(ref))
		}
		return nil
	}
	definition := p.definition(api)
	if definition.Kind != strict.Map {
		return nil
	}
	made := p.contractsOf(out, values.TextOf(api.Get("specification")), definition)
	if made == nil {
		return nil
	}
	rest := values.Without(api, "specification", "specificationVersion", "definition")
	if values.TextOf(rest.Get("name")) == p.name && values.TextOf(rest.Get("version")) == p.version {
		rest = values.Without(rest, "name", "version")
	}
	p.promises = values.With(values.Without(p.promises, "api"), "api", rest)
	if values.TextOf(p.promises.Get("slo").Get("specification")) == "odcs" { // the contract has it
		p.promises = values.Without(p.promises, "slo")
	}
	return made
}

// definition is the API's: an object, or a text that holds one.
func (p *port) definition(api contract.Value) contract.Value {
	v := api.Get("definition")
	if v.Kind == strict.Text {
		parsed := values.FromJSON([]byte(v.Text))
		parsed.Position = v.Position
		return parsed
	}
	for _, key := range []string{"$ref", "$href"} {
		if target := values.TextOf(v.Get(key)); target != "" {
			p.Note(v, "api", "the API of the port %s is defined in %s, which is not fetched: there is no contract for it", p.name, strict.Quote(target))
			return contract.Value{}
		}
	}
	return v
}

// contractsOf reads a definition as what it says that it is, or looks like; nil if it is nothing with a schema.
func (p *port) contractsOf(out *contract.Port, specification string, v contract.Value) []*contract.Contract {
	switch said := strings.ToLower(specification); {
	case v.Get("asyncapi").Kind != absent:
		return p.asyncAPI(v)
	case v.Get("kind").Text == "DataContract":
		c, findings := contract.ParseContract(p.File, values.Compact(v))
		p.report(v, findings, contract.SeverityWarning)
		if c == nil {
			return nil
		}
		c.Raw = nil
		return []*contract.Contract{c}
	case v.Get("schema").Get("tables").Kind == strict.List:
		return p.tables(out, v.Get("schema").Get("tables"))
	case isAvro(v) || isJSONSchema(v):
		topic := p.product.ID + "." + out.Name + ".v" + major(p.version)
		p.Warn(v, "topic", "the descriptor does not name the topic of the port %s: it is taken to be %s", out.Name, topic)
		return p.asyncAPI(p.topicDocument(topic, out.Name, v))
	case said == "avro" || said == "jsonschema" || said == "json-schema" || said == "asyncapi" || said == "odcs":
		p.Warn(v, "api", "the API of the port %s does not look like %s: there is no contract for it", out.Name, specification)
	}
	return nil
}

func isAvro(v contract.Value) bool {
	return v.Get("type").Text == "record" && v.Get("fields").Kind == strict.List
}

func isJSONSchema(v contract.Value) bool {
	return v.Get("properties").Kind == strict.Map || v.Get("type").Text == "object" || v.Get("$schema").Kind == strict.Text
}

func (p *port) asyncAPI(v contract.Value) []*contract.Contract {
	imported, findings := asyncapi.ImportPart(p.File, v)
	p.Report(v, findings)
	var made []*contract.Contract
	for _, i := range imported {
		made = append(made, i.Contract)
	}
	return made
}

// topicDocument is an AsyncAPI document of one topic with a schema that stands alone.
func (p *port) topicDocument(topic, name string, schema contract.Value) contract.Value {
	own := values.Of(p.File, schema, format) // its references are within it
	schema = own.Inline(schema)
	p.Report(schema, own.Findings())
	payload, message := schema, name
	if isAvro(schema) {
		message = either(schema.Get("name"), name)
		payload = values.Object(values.Key("schemaFormat", values.Text("application/vnd.apache.avro")), values.Key("schema", schema))
	}
	return values.Object(
		values.Key("asyncapi", values.Text("3.1.0")),
		values.Key("info", values.Object(values.Key("title", values.Text(name)), values.Key("version", values.Text(p.version)))),
		values.Key("channels", values.Object(values.Key(topic, values.Object(
			values.Key("address", values.Text(topic)),
			values.Key("messages", values.Object(values.Key(message, values.Object(values.Key("payload", payload))))),
		)))),
	)
}

// tables makes one contract of a datastore's tables, each a schema object.
func (p *port) tables(out *contract.Port, tables contract.Value) []*contract.Contract {
	var whole contract.Contract
	for _, t := range tables.Items {
		name, definition := values.TextOf(t.Get("name")), p.definition(t)
		if name == "" || !isAvro(definition) && !isJSONSchema(definition) {
			p.Warn(t, "table", "the table %s has no schema that is understood: it is left out", strict.Quote(name))
			continue
		}
		made := p.asyncAPI(p.topicDocument(name, name, definition))
		if made == nil {
			continue
		}
		o := made[0].Objects[0]
		o.Name, o.PhysicalName, o.PhysicalType = name, name, "table"
		if o.Description == "" {
			o.Description = values.TextOf(t.Get("description"))
		}
		whole.Objects = append(whole.Objects, o)
	}
	if whole.Objects == nil {
		return nil
	}
	whole.File, whole.APIVersion, whole.Status = p.File, "v3.1.0", "draft"
	whole.ID = componentFQN(p.fqn, p.kind.urn, p.name)
	whole.Name, whole.Version, whole.Domain = out.Name, p.version, p.product.Domain
	c, findings := contract.ParseContract(p.File, values.Compact(whole.Document()))
	p.report(tables, findings, contract.SeverityWarning)
	if c == nil {
		return nil
	}
	c.Raw = nil
	return []*contract.Contract{c}
}
