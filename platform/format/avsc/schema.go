package avsc

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Schema is the text of a contract's Avro schema, indented, as an .avsc file has it. A contract that has its schema
// beside it gets that one, whatever the namespace. Otherwise it is made from the contract's one schema object, whose
// name becomes the record's; nested types take their names from their fields. A property that is not required may be
// null, and null is its default. The namespace is sanitised: orders.order-lines becomes orders.order_lines.
//
// What has no Avro type, or no Avro name, is written as the nearest one and is a warning. text is nil, with an error among
// the findings, if the contract has no schema object, or one that no Avro schema can hold (more than 20,000 types).
func Schema(c *contract.Contract, namespace string) (text []byte, findings []contract.Finding) {
	s, findings := Of(c, namespace)
	if s == nil {
		return nil, findings
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(s.String()), "", "  "); err != nil { // it was parsed as JSON before
		return nil, append(findings, fault(c, RuleObject, "%v", err))
	}
	indented.WriteByte('\n')
	return indented.Bytes(), findings
}

// Of is the schema beside the contract, or the one that Schema makes of it; nil with an error among the findings where
// there is none.
func Of(c *contract.Contract, namespace string) (*avro.Schema, []contract.Finding) {
	if s := c.Schema(); s != nil {
		return s, nil
	}
	if len(c.Objects) == 0 {
		return nil, []contract.Finding{fault(c, RuleObject, "the contract has no schema object: describe the records below the key schema")}
	}
	w := writer{file: c.File, version: c.APIVersion, types: map[string]string{}, open: map[string]int{}}
	o := &c.Objects[0]
	if len(c.Objects) > 1 {
		w.warn(&c.Objects[1].Place, "name", RuleObject, "the contract has %d schema objects, and a topic has one kind of record: only %s is in the schema", len(c.Objects), o.Name)
	}
	s, err := avro.Parse(w.root(o, namespaceName(namespace)).json())
	if err != nil {
		return nil, append(w.findings, fault(c, RuleLimit, "no Avro schema can hold it: %v", err))
	}
	return s, w.findings
}

func fault(c *contract.Contract, rule, format string, args ...any) contract.Finding {
	return contract.Finding{Rule: rule, Severity: contract.SeverityError, File: c.File, Path: "schema", Message: fmt.Sprintf(format, args...)}
}

// object is a JSON object whose keys keep their order.
type object []member

type member struct {
	key   string
	value any // a string, int, json.RawMessage, object or []any of these
}

func (o object) json() json.RawMessage {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, encode(m.key)...), ':'), encode(m.value)...)
	}
	return append(b, '}')
}

func encode(v any) json.RawMessage {
	switch v := v.(type) {
	case object:
		return v.json()
	case json.RawMessage:
		return v
	case []any:
		b := []byte{'['}
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, encode(item)...)
		}
		return append(b, ']')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a string or a number, which always has a JSON form
	return bytes.TrimRight(b.Bytes(), "\n")
}
