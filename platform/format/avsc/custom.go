package avsc

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// custom keeps what ODCS has no place for.
func custom(p *contract.Property, name string, v contract.Value) {
	p.CustomProperties = append(p.CustomProperties, contract.CustomProperty{Property: name, Value: v})
}

// customOf is what custom kept; absent where there is none.
func customOf(p *contract.Property, name string) contract.Value {
	for _, c := range p.CustomProperties {
		if c.Property == name {
			return c.Value
		}
	}
	return contract.Value{}
}

// oneOf is the quality rule that a value is one of these.
func oneOf(symbols []string) contract.Quality {
	return contract.Quality{
		Metric: "invalidValues", Arguments: &contract.Arguments{ValidValues: texts(symbols).Items},
		MustBe: number(0), Dimension: "conformity", Severity: "error",
	}
}

func text(s string) contract.Value { return contract.Value{Kind: strict.Text, Text: s} }

func number(n int) contract.Value {
	return contract.Value{Kind: strict.Integer, Text: strconv.Itoa(n)}
}

func texts(list []string) contract.Value {
	v := contract.Value{Kind: strict.List}
	for _, s := range list {
		v.Items = append(v.Items, text(s))
	}
	return v
}

// valueOf is JSON as a document's value; absent where it is no JSON.
func valueOf(raw json.RawMessage) contract.Value {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	return decodeValue(decoder)
}

func decodeValue(d *json.Decoder) contract.Value {
	token, err := d.Token()
	if err != nil {
		return contract.Value{}
	}
	switch t := token.(type) {
	case nil:
		return contract.Value{Kind: strict.Null}
	case bool:
		return contract.Value{Kind: strict.Bool, Text: strconv.FormatBool(t)}
	case string:
		return text(t)
	case json.Number:
		kind := strict.Integer
		if strings.ContainsAny(t.String(), ".eE") {
			kind = strict.Decimal
		}
		return contract.Value{Kind: kind, Text: t.String()}
	case json.Delim:
		v := contract.Value{Kind: strict.List}
		if t == '{' {
			v.Kind = strict.Map
		}
		for d.More() {
			if t == '[' {
				v.Items = append(v.Items, decodeValue(d))
				continue
			}
			key, _ := d.Token() // an object's key is text
			name, _ := key.(string)
			v.Entries = append(v.Entries, strict.Entry{Key: name, Value: decodeValue(d)})
		}
		_, _ = d.Token() // the end; where it is missing, the text was no JSON and ends anyway
		return v
	}
	return contract.Value{}
}
