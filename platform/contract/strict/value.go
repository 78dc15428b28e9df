package strict

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kind is what a Value is.
type Kind uint8

const (
	Absent Kind = iota // the zero Value: the key was not given
	Null
	Text
	Integer
	Decimal
	Bool
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"nothing", "nothing (null)", "text", "a whole number", "a number", "true or false", "a list", "an object"}[k]
}

// Value is anything that a document can hold, with its place. Numbers keep their text: nothing is rounded.
type Value struct {
	Kind    Kind
	Text    string  // a scalar's text; of Bool, true or false
	Items   []Value // of a List
	Entries []Entry // of a Map, in the file's order
	Position
	path *path
}

// Entry is one key of a Map.
type Entry struct {
	Key   string
	Value Value
}

// IsNumber tells whether the value is an Integer or a Decimal.
func (v Value) IsNumber() bool { return v.Kind == Integer || v.Kind == Decimal }

// Path is the value's path in the document, such as customProperties[2].value.
func (v Value) Path() string { return v.path.String() }

// Get is the entry of a Map by key; absent where there is none.
func (v Value) Get(key string) Value {
	for i := range v.Entries {
		if v.Entries[i].Key == key {
			return v.Entries[i].Value
		}
	}
	return Value{}
}

// Int is an Integer that an int can hold.
func (v Value) Int() (int, error) {
	if v.Kind != Integer {
		return 0, fmt.Errorf("must be a whole number, not %s", v.Kind)
	}
	n, err := strconv.ParseInt(v.Text, 0, 0)
	if err != nil {
		return 0, fmt.Errorf("must be a whole number of at most 64 bits")
	}
	return int(n), nil
}

// MarshalJSON keeps the order of keys and the digits of numbers.
func (v Value) MarshalJSON() ([]byte, error) { return v.appendJSON(nil), nil }

func (v Value) appendJSON(b []byte) []byte {
	switch v.Kind {
	case Absent, Null:
		return append(b, "null"...)
	case Bool:
		return append(b, v.Text...)
	case Integer, Decimal:
		if json.Valid([]byte(v.Text)) { // 0x10, 1_000 and .5 are YAML's numbers, not JSON's
			return append(b, v.Text...)
		}
	case List:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	case Map:
		b = append(b, '{')
		for i, e := range v.Entries {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, e.Key), ':')
			b = e.Value.appendJSON(b)
		}
		return append(b, '}')
	}
	return appendText(b, v.Text)
}

func appendText(b []byte, s string) []byte {
	text, _ := json.Marshal(s) // a string always has a JSON form
	return append(b, text...)
}

// valueOf converts a checked node, aliases written out.
func valueOf(n *yaml.Node, where *path) Value {
	v := Value{Position: position(n), path: where}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		v.Kind, v.Items = List, make([]Value, len(n.Content))
		for i, item := range n.Content {
			v.Items[i] = valueOf(item, where.item(i))
		}
	case yaml.MappingNode:
		v.Kind, v.Entries = Map, make([]Entry, len(n.Content)/2)
		for i := range v.Entries {
			key := n.Content[2*i].Value
			v.Entries[i] = Entry{key, valueOf(n.Content[2*i+1], where.at(key))}
		}
	default:
		v.Kind, v.Text = scalarKind(n), n.Value
		if v.Kind == Bool {
			v.Text = strings.ToLower(n.Value)
		}
	}
	return v
}

func scalarKind(n *yaml.Node) Kind {
	switch n.ShortTag() {
	case "!!null":
		return Null
	case "!!int":
		return Integer
	case "!!float":
		return Decimal
	case "!!bool":
		return Bool
	}
	return Text
}

// ValueOf is a document that Parse accepted, as one value.
func ValueOf(root *yaml.Node) Value { return valueOf(root, nil) }

// Top is a key's value at the top of a document that Parse accepted; absent where there is none.
func Top(root *yaml.Node, key string) Value {
	if root.Kind != yaml.MappingNode {
		return Value{}
	}
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == key {
			return valueOf(root.Content[i+1], (*path)(nil).at(key))
		}
	}
	return Value{}
}

// Find gives every value of a key below the top of a document that Parse accepted, wherever it stands; what is within
// one found is not searched.
func Find(root *yaml.Node, key string) []Value {
	var found []Value
	var search func(n *yaml.Node, where *path)
	search = func(n *yaml.Node, where *path) {
		for n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		switch n.Kind {
		case yaml.SequenceNode:
			for i, item := range n.Content {
				search(item, where.item(i))
			}
		case yaml.MappingNode:
			for i := 0; i < len(n.Content); i += 2 {
				switch name, value := n.Content[i].Value, n.Content[i+1]; {
				case name != key:
					search(value, where.at(name))
				case where != nil:
					found = append(found, valueOf(value, where.at(name)))
				}
			}
		}
	}
	search(root, nil)
	return found
}
