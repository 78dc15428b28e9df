package avro

import (
	"fmt"
	"slices"
	"strings"
)

// Inline makes a schema stand alone that uses named types of other texts, as a registry's references allow: where it uses a
// type first that only one of the others defines, that definition takes the place of the name. Types that it does not use
// are left out, and so each definition comes once. The others may use each other's types, in any order; where two define
// the same name differently, that is an error. The result is for Parse, which says what else is wrong with it.
func Inline(text []byte, others ...[]byte) ([]byte, error) {
	limits := jsonLimits{bytes: maxSchemaBytes, depth: 4 * maxSchemaDepth, nodes: 16 * maxSchemaTypes}
	root, err := readJSON(string(text), limits)
	if err != nil {
		return nil, fmt.Errorf("avro schema: %w", err)
	}
	in := &inliner{known: map[string]*node{}, own: map[string]bool{}, defined: map[string]bool{}}
	types(root, "", func(n *node, name string) {
		if n.kind == '{' {
			in.own[name] = true
		}
	})
	for _, other := range others {
		n, err := readJSON(string(other), limits)
		if err != nil {
			return nil, fmt.Errorf("avro schema: a text that it refers to: %w", err)
		}
		if err := in.learn(n); err != nil {
			return nil, fmt.Errorf("avro schema: %w", err)
		}
	}
	in.expand(root, "", false)
	return root.appendTo(nil), nil
}

type inliner struct {
	known   map[string]*node // definitions in the others, by fullname
	own     map[string]bool  // what the text defines itself
	defined map[string]bool  // what is defined up to here
}

// learn notes the definitions of one text.
func (in *inliner) learn(text *node) (err error) {
	types(text, "", func(n *node, name string) {
		if n.kind != '{' {
			return
		}
		if before := in.known[name]; before != nil && string(pinned(before, name).appendTo(nil)) != string(pinned(n, name).appendTo(nil)) {
			err = fmt.Errorf("type %q is defined differently by two of the schemas that are referred to", name)
		}
		in.known[name] = n
	})
	return err
}

// pinned is a copy of a definition that keeps its name whatever stands around it.
func pinned(n *node, name string) *node {
	c := n.clone()
	c.set("name", name)
	if !strings.Contains(name, ".") {
		c.set("namespace", "")
	}
	return &c
}

// expand puts definitions in the place of names. In what was put there, a type that stands before already becomes a name.
func (in *inliner) expand(root *node, namespace string, put bool) {
	types(root, namespace, func(n *node, name string) {
		switch known := in.known[name]; {
		case n.kind == '{' && in.defined[name] && put:
			*n = node{kind: '"', text: name}
		case n.kind == '{':
			in.defined[name] = true
		case known != nil && !in.defined[name] && !in.own[name]:
			*n = *pinned(known, name)
			in.defined[name] = true
			inner := namespaceOf(name)
			for i := range n.fields() {
				if t := n.fields()[i].get("type"); t != nil {
					in.expand(t, inner, true)
				}
			}
		}
	})
}

// types calls visit for each place of a text where a named type is defined (an object) or used (a string, or an object
// that only names it), in the order in which a parser meets them, with its fullname. What is
// no schema is passed over: Parse complains of it.
func types(n *node, namespace string, visit func(n *node, name string)) {
	switch n.kind {
	case '"':
		if !isPrimitive(n.text) {
			visit(n, qualify(n.text, namespace))
		}
	case '[':
		for i := range n.items {
			types(&n.items[i], namespace, visit)
		}
	case '{':
		typ := n.get("type")
		if typ == nil {
			return
		}
		if typ.kind != '"' {
			return
		}
		switch Type(typ.text) {
		case TypeArray, TypeMap:
			for _, key := range []string{"items", "values"} {
				if e := n.get(key); e != nil {
					types(e, namespace, visit)
				}
			}
		case TypeRecord, "error", TypeEnum, TypeFixed:
			name := definedName(n, namespace)
			visit(n, name)
			for i := range n.fields() {
				if t := n.fields()[i].get("type"); t != nil {
					types(t, namespaceOf(name), visit)
				}
			}
		default:
			if !isPrimitive(typ.text) {
				*n = node{kind: '"', text: typ.text} // {"type": "Name"} says no more than "Name"
				types(n, namespace, visit)
			}
		}
	}
}

// definedName is the fullname that a definition gives.
func definedName(n *node, namespace string) string {
	name := n.get("name")
	if name == nil {
		return ""
	}
	if ns := n.get("namespace"); ns != nil {
		namespace = ns.text
	}
	return qualify(name.text, namespace)
}

// fields are a record's fields; none of any other type.
func (n *node) fields() []node {
	if f := n.get("fields"); f != nil && f.kind == '[' {
		return f.items
	}
	return nil
}

// set gives an object's attribute a text.
func (n *node) set(key, text string) {
	v := node{kind: '"', text: text}
	if at := n.get(key); at != nil {
		*at = v
		return
	}
	n.keys, n.items = append(n.keys, key), append(n.items, v)
}

func (n *node) clone() node {
	c := *n
	c.keys, c.items = slices.Clone(n.keys), slices.Clone(n.items)
	for i := range c.items {
		c.items[i] = c.items[i].clone()
	}
	return c
}
