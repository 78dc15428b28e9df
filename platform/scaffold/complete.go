package scaffold

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
)

// Owner is who answers for what is made.
type Owner struct {
	Team    string // such as orders-team
	Contact string // where its readers ask: a mail address, or the http or https URL of a channel
}

// Input is an existing topic: what is known of it.
type Input struct {
	Topic string
	// Contract is a proposal for it; nil makes one of the schema alone.
	Contract *contract.Contract
	Schema   []byte // the .avsc text
}

// described is what a person says of a contract.
type described struct {
	Owner
	Purpose string
	Domain  string
}

// fromSchema is a contract of what a schema says.
func fromSchema(topicName string, schema *avro.Schema) *contract.Contract {
	properties, _ := avsc.Properties(schema) // what it cannot carry is for people; the schema beside it says it
	local := schema.Name()[strings.LastIndexByte(schema.Name(), '.')+1:]
	c := &contract.Contract{
		APIVersion: "v3.1.0", ID: topicName, Name: local, Version: "1.0.0", Status: "draft",
		Objects: []contract.SchemaObject{{
			Name: local, PhysicalName: topicName, PhysicalType: "topic", LogicalType: "object", Description: schema.Doc(), Properties: properties,
		}},
	}
	for i := range c.Objects[0].Properties {
		p := &c.Objects[0].Properties[i]
		if p.Classification == "" && topic.Personal(p.Name) {
			p.Classification = "pii"
			p.CustomProperties = append(p.CustomProperties, guess("classification pii"))
		}
	}
	if at := likelyKey(c.Objects[0].Properties, schema); at != nil {
		setting(c, "tidemark.key", text(at.Name), "A guess: the field that is the record key.")
	}
	if at := likelyTime(c.Objects[0].Properties, schema); at != nil {
		setting(c, "tidemark.eventTime", text(at.Name), "A guess: the field that says when it happened.")
	}
	return c
}

func guess(what string) contract.CustomProperty {
	return contract.CustomProperty{Property: "guess", Value: text(what), Description: "From the field's name; confirm or correct, and remove this."}
}

// named are the fields at the top that the contract's record key and event time lead to.
func named(c *contract.Contract) (names []string) {
	for _, p := range c.CustomProperties {
		if p.Property == "tidemark.key" || p.Property == "tidemark.eventTime" {
			name, _, _ := strings.Cut(p.Value.Text, ".")
			names = append(names, name)
		}
	}
	return names
}

// asNullable lets be null in a contract what a schema lets be null, at every depth, but for the fields with these names at the
// top: a transform copies values as its input's Go types have them.
func asNullable(properties []contract.Property, s *avro.Schema, but []string) []contract.Property {
	properties = slices.Clone(properties)
	for i := range properties {
		p := &properties[i]
		f, ok := s.Field(cmp.Or(p.PhysicalName, p.Name))
		if !ok {
			continue
		}
		if f.Type().Nullable() && !slices.Contains(but, p.Name) {
			p.Required = false
		}
		below := f.Type().Value()
		if below.Type() == avro.TypeRecord {
			p.Properties = asNullable(p.Properties, below, nil)
		}
		for items := p; items.Items != nil && below.Type() == avro.TypeArray; {
			below = below.Items().Value()
			one := *items.Items
			items.Items, items = &one, &one
			if below.Type() == avro.TypeRecord {
				one.Properties = asNullable(one.Properties, below, nil)
			}
		}
	}
	return properties
}

// likelyKey is a field that could be the record key: an id, else the first that can be one.
func likelyKey(properties []contract.Property, schema *avro.Schema) (found *contract.Property) {
	for i := range properties {
		p := &properties[i]
		s, ok := schema.Lookup(p.Name)
		if !ok || !p.Required || s.Nullable() || p.Classification == "pii" || s.Logical() != "" && s.Logical() != avro.UUID {
			continue
		}
		switch s.Type() {
		case avro.TypeString, avro.TypeInt, avro.TypeLong:
			name := strings.ToLower(p.Name)
			if strings.HasSuffix(name, "id") || strings.HasSuffix(name, "key") {
				return p
			}
			if found == nil && s.Type() == avro.TypeString {
				found = p
			}
		}
	}
	return found
}

// likelyTime is the first field that can be an event time.
func likelyTime(properties []contract.Property, schema *avro.Schema) *contract.Property {
	for _, kinds := range [][]avro.Logical{{avro.TimestampMillis, avro.TimestampMicros, avro.TimestampNanos}, {avro.Date}} {
		for i := range properties {
			if s, ok := schema.Lookup(properties[i].Name); ok && !s.Nullable() && slices.Contains(kinds, s.Logical()) {
				return &properties[i]
			}
		}
	}
	return nil
}

// complete adds what a contract needs besides its fields: who answers for it, what it is for, what it promises.
func complete(c *contract.Contract, d described) {
	c.Domain = d.Domain
	object := &c.Objects[0]
	c.Description = &contract.Description{
		Purpose: d.Purpose,
		Usage:   "Read the topic " + object.PhysicalName + " with any Kafka client; the schema is in the registry. Say here what it answers, and what to join it with.",
	}
	if object.Description == "" && object.DataGranularityDescription == "" {
		object.DataGranularityDescription = "One record for each " + strings.ToLower(spoken(object.Name)) + "."
	}
	nameFields(object.Properties)
	c.Team = &contract.Team{Name: d.Team}
	c.Support = []contract.Support{support(d.Contact)}
	sla(c, "freshness", 15, "minutes", "The newest record is at most this old.")
	sla(c, "retention", 30, "days", "How long records are kept.")
	nonEmpty(c)
	measured(c)
	if slices.ContainsFunc(slices.Collect(every(object.Properties)), func(p *contract.Property) bool { return p.Classification == "pii" }) {
		c.Roles = []contract.Role{{Role: "reader", Access: "read", Description: "Reads the topic, personal data in it too.", FirstLevelApprovers: d.Team}}
	}
}

// nameFields gives a business name to fields that nothing describes.
func nameFields(properties []contract.Property) {
	for p := range every(properties) {
		if p.Description == "" && p.BusinessName == "" && p.Name != "" {
			p.BusinessName = spoken(p.Name)
		}
	}
}

// every gives the properties and all that is below them.
func every(properties []contract.Property) func(yield func(*contract.Property) bool) {
	return func(yield func(*contract.Property) bool) {
		for i := range properties {
			p := &properties[i]
			if !yield(p) {
				return
			}
			below := p.Properties
			if p.Items != nil {
				below = append([]contract.Property{}, p.Items.Properties...)
			}
			for q := range every(below) {
				if !yield(q) {
					return
				}
			}
		}
	}
}

func support(contact string) contract.Support {
	s := contract.Support{Channel: contact, Scope: "interactive", Description: "Questions about the data and its meaning."}
	if strings.Contains(contact, "://") {
		s.Tool, s.URL = "other", contact
	} else {
		s.Tool, s.URL = "email", "mailto:"+contact
	}
	return s
}

func sla(c *contract.Contract, property string, value int, unit, why string) {
	if !slices.ContainsFunc(c.SLAProperties, func(p contract.SLAProperty) bool { return p.Property == property }) {
		c.SLAProperties = append(c.SLAProperties, contract.SLAProperty{Property: property, Value: number(value), Unit: unit, Driver: "operational", Description: why})
	}
}

func setting(c *contract.Contract, property string, v contract.Value, why string) {
	c.CustomProperties = append(c.CustomProperties, contract.CustomProperty{Property: property, Value: v, Description: why})
}

func settingOf(c *contract.Contract, property string) string {
	for _, p := range c.CustomProperties {
		if p.Property == property {
			return p.Value.Text
		}
	}
	return ""
}

// nonEmpty wants a key that is text to have a character at least.
func nonEmpty(c *contract.Contract) {
	key := settingOf(c, "tidemark.key")
	for i := range c.Objects[0].Properties {
		p := &c.Objects[0].Properties[i]
		if p.Name == key && p.LogicalType == "string" && p.PhysicalType == "string" && p.Options == nil {
			p.Options = &contract.Options{MinLength: 1, MaxLength: 200}
		}
	}
}

// measured gives a contract without any quality rule one about the field that matters most.
func measured(c *contract.Contract) {
	object := &c.Objects[0]
	if len(object.Quality) > 0 || len(object.Properties) == 0 {
		return
	}
	for p := range every(object.Properties) {
		if len(p.Quality) > 0 {
			return
		}
	}
	key := settingOf(c, "tidemark.key")
	i := max(0, slices.IndexFunc(object.Properties, func(p contract.Property) bool { return p.Name == key }))
	p := &object.Properties[i]
	p.Quality = []contract.Quality{{
		Metric: "nullValues", MustBe: number(0), Dimension: "completeness", Severity: severity(p), Description: "Every record says it.",
	}}
}

// severity is a warning where the schema lets the field be null, so that the rule refuses nothing that was taken.
func severity(p *contract.Property) string {
	if p.Required {
		return "error"
	}
	return "warning"
}

func text(s string) contract.Value { return contract.Value{Kind: strict.Text, Text: s} }

func number(n int) contract.Value {
	return contract.Value{Kind: strict.Integer, Text: digits(n)}
}
