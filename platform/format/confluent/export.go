package confluent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// The rules of this package's findings.
const (
	RuleRule   = "format.confluent.rule"   // a rule that has no translation
	RuleSchema = "format.confluent.schema" // a contract without a schema
)

// Registration is the body of a request that registers a schema.
type Registration struct {
	SchemaType string    `json:"schemaType"`
	Metadata   *Metadata `json:"metadata,omitempty"`
	RuleSet    *RuleSet  `json:"ruleSet,omitempty"`
	Schema     string    `json:"schema"`
}

// Metadata says what is known of a schema.
type Metadata struct {
	Tags       map[string][]string `json:"tags,omitempty"` // by <record>.<field>
	Properties map[string]string   `json:"properties,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"` // properties that are not shown to everybody
}

// RuleSet are the rules of a schema.
type RuleSet struct {
	DomainRules    []Rule `json:"domainRules"`
	MigrationRules []Rule `json:"migrationRules"`
}

// Rule is one rule.
type Rule struct {
	Name      string `json:"name"`
	Doc       string `json:"doc,omitempty"`
	Kind      string `json:"kind"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Expr      string `json:"expr"`
	OnFailure string `json:"onFailure"`
}

// Export makes the request for a contract as it was parsed or loaded. It is nil, with an error among the findings, if the
// contract has no schema object. A schema that has to be made (see avsc.Schema) is in the namespace of the domain.
func Export(c *contract.Contract) ([]byte, []contract.Finding) {
	s, findings := avsc.Of(c, c.Domain)
	if s == nil {
		return nil, append(findings, contract.Finding{Rule: RuleSchema, Severity: contract.SeverityError, File: c.File, Message: "there is no schema to register"})
	}
	e := exporter{contract: c, schema: s, findings: findings, names: map[string]bool{}}
	r := Registration{SchemaType: "AVRO", Schema: s.String(), Metadata: e.metadata(), RuleSet: e.rules()}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil { // strings only
		return nil, append(e.findings, contract.Finding{Rule: RuleSchema, Severity: contract.SeverityError, File: c.File, Message: err.Error()})
	}
	return b.Bytes(), e.findings
}

type exporter struct {
	contract *contract.Contract
	schema   *avro.Schema
	names    map[string]bool
	findings []contract.Finding
}

func (e *exporter) leave(id, format string, args ...any) {
	e.findings = append(e.findings, contract.Finding{
		Rule: RuleRule, Severity: contract.SeverityNote, File: e.contract.File, Message: "the rule " + id + " is left out: " + fmt.Sprintf(format, args...),
	})
}

func (e *exporter) metadata() *Metadata {
	c := e.contract
	m := &Metadata{Tags: map[string][]string{}, Properties: map[string]string{}}
	for i := range c.Objects {
		e.tags(m.Tags, c.Objects[i].Properties, e.schema, 0)
	}
	for key, value := range map[string]string{
		"contract.id": c.ID, "contract.version": c.Version, "contract.status": c.Status, "contract.digest": c.Digest(),
		"domain": c.Domain, "owner": c.Owner(), "tags": strings.Join(c.Tags, ","),
	} {
		if value != "" {
			m.Properties[key] = value
		}
	}
	for _, p := range c.SLA().Promises {
		if text := strings.TrimSpace(p.Value + " " + p.Unit); text != "" && p.Element == "" {
			m.Properties["sla."+p.Property] = text
		}
	}
	if c.Team != nil {
		var members []string
		for i := range c.Team.Members {
			if c.Team.Members[i].DateOut == "" {
				members = append(members, c.Team.Members[i].Username)
			}
		}
		if len(members) > 0 {
			m.Properties["team.members"] = strings.Join(members, ",")
			m.Sensitive = []string{"team.members"}
		}
	}
	return m
}

// tags collects the tags of fields. A record that is used in two places has the tags of both.
func (e *exporter) tags(into map[string][]string, properties []contract.Property, s *avro.Schema, depth int) {
	if s = element(s); s == nil || s.Type() != avro.TypeRecord || depth > 64 {
		return
	}
	for i := range properties {
		p := &properties[i]
		name := p.Name
		if p.PhysicalName != "" {
			name = p.PhysicalName
		}
		f, ok := s.Field(name)
		if !ok {
			continue
		}
		for _, tag := range tagsOf(p) {
			key := s.Name() + "." + name
			if !slices.Contains(into[key], tag) {
				into[key] = append(into[key], tag)
			}
		}
		e.tags(into, p.Properties, f.Type(), depth+1)
		if p.Items != nil {
			e.tags(into, p.Items.Properties, f.Type(), depth+1)
		}
		if p.Map != nil && p.Map.Value != nil {
			e.tags(into, p.Map.Value.Properties, f.Type(), depth+1)
		}
	}
}

// element is what is in a value: an array's items, a map's values.
func element(s *avro.Schema) *avro.Schema {
	for s != nil {
		switch s = s.Value(); s.Type() {
		case avro.TypeArray:
			s = s.Items()
		case avro.TypeMap:
			s = s.Values()
		default:
			return s
		}
	}
	return nil
}

// tagsOf are a property's classification, unless everybody may see it, and its own tags, as names that a catalog takes.
func tagsOf(p *contract.Property) []string {
	tags := map[string]bool{}
	switch class := strings.ToLower(p.Classification); class {
	case "", "public", "internal":
	default:
		tags[tagName(strings.ToUpper(class))] = true
	}
	for _, t := range p.Tags {
		tags[tagName(t)] = true
	}
	delete(tags, "")
	return slices.Sorted(maps.Keys(tags))
}

// tagName leaves letters, digits and _, a letter first.
func tagName(s string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, s)
	return strings.TrimLeft(name, "_0123456789")
}
