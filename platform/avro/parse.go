package avro

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a schema. They are far above what people write and far below what hurts.
const (
	maxSchemaBytes = 1 << 20 // of the text
	maxSchemaDepth = 64      // types within types
	maxSchemaTypes = 20_000  // types in all, references included
	maxExpansion   = 1 << 16 // values in one instance of a type, not counting what is in unions, arrays and maps
	maxFixedSize   = 1 << 26
	maxPrecision   = 10_000
)

// Parse reads a schema. It is strict: names, aliases, namespaces, references, symbols, sizes and defaults must be as the
// specification says, no key may stand twice, and a record may not contain itself but through a union, array or map.
// Schemas above 1 MiB, 64 types deep or 20,000 types are refused. An error begins with the JSON path of what is wrong,
// such as $.fields[3].type.
func Parse(text []byte) (*Schema, error) {
	limits := jsonLimits{bytes: maxSchemaBytes, depth: 4 * maxSchemaDepth, nodes: 16 * maxSchemaTypes}
	given := string(text)
	n, err := readJSON(given, limits)
	if err != nil {
		return nil, fmt.Errorf("avro schema: %w", err)
	}
	short := compacted(given)
	if short != given { // names and docs are parts of the text that is read: let it be the one that is kept
		if n, err = readJSON(short, limits); err != nil {
			return nil, fmt.Errorf("avro schema: %w", err)
		}
	}
	p := &parser{named: map[string]*Schema{}, work: maxDefaultWork}
	s, err := p.parse(n)
	if err != nil {
		return nil, fmt.Errorf("avro schema: %w", err)
	}
	s.text = short
	return s, nil
}

type parser struct {
	named map[string]*Schema
	// A bare primitive is the same *Schema wherever it stands.
	primitives [8]*Schema
	types      int
	defaults   []pendingDefault
	work       int // what defaults may still cost
}

// pendingDefault waits until every type is known: a default may be of a type that is defined further down.
type pendingDefault struct {
	record *Schema
	field  int
	at     *path
}

func (p *parser) parse(n *node) (*Schema, error) {
	root := &path{step: "$"}
	s, err := p.schema(n, "", root, 0)
	if err != nil {
		return nil, err
	}
	if err := checkExpansion(s); err != nil {
		return nil, err
	}
	for _, d := range p.defaults {
		f := &d.record.fields[d.field]
		if f.wire, err = p.encodeDefault(nil, f.deflt, f.typ, d.at, 0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// schema parses a type within a namespace.
func (p *parser) schema(n *node, namespace string, at *path, depth int) (*Schema, error) {
	if p.types++; p.types > maxSchemaTypes {
		return nil, at.errorf("more than %d types", maxSchemaTypes)
	}
	if depth > maxSchemaDepth {
		return nil, at.errorf("types nested deeper than %d", maxSchemaDepth)
	}
	switch n.kind {
	case '"':
		return p.reference(n.text, namespace, at)
	case '[':
		return p.union(n, namespace, at, depth)
	case '{':
		return p.object(n, namespace, at, depth)
	}
	return nil, at.errorf("%s is not a type; a type is a name, an object or an array (union)", n.what())
}

func (p *parser) reference(name, namespace string, at *path) (*Schema, error) {
	for i, t := range primitives {
		if t == Type(name) {
			if p.primitives[i] == nil {
				p.primitives[i] = &Schema{typ: t}
			}
			return p.primitives[i], nil
		}
	}
	if s := p.named[qualify(name, namespace)]; s != nil {
		return s, nil
	}
	return nil, at.errorf("unknown type %q; define it before its first use, or write its namespace too", name)
}

func (p *parser) union(n *node, namespace string, at *path, depth int) (*Schema, error) {
	if len(n.items) == 0 {
		return nil, at.errorf("a union needs at least one branch")
	}
	s := &Schema{typ: TypeUnion, branches: make([]*Schema, 0, len(n.items))}
	var names []string
	var seen nameSet
	for i := range n.items {
		b, err := p.schema(&n.items[i], namespace, at.index(i), depth+1)
		if err != nil {
			return nil, err
		}
		key := string(b.typ)
		if b.name != "" {
			key = " " + b.name
		}
		switch {
		case b.typ == TypeUnion:
			return nil, at.index(i).errorf("a union may not stand directly in a union")
		case !seen.add(key, names):
			return nil, at.index(i).errorf("the union has %s twice", b.label())
		}
		names = append(names, key)
		s.branches = append(s.branches, b)
	}
	return s, nil
}

func (p *parser) object(n *node, namespace string, at *path, depth int) (*Schema, error) {
	typ, err := text(n, "type", true, at)
	if err != nil {
		return nil, err
	}
	switch t := Type(typ); t {
	case TypeRecord, "error":
		return p.record(n, namespace, at, depth)
	case TypeEnum:
		return p.enum(n, namespace, at)
	case TypeFixed:
		return p.fixed(n, namespace, at)
	case TypeArray, TypeMap:
		key := "items"
		if t == TypeMap {
			key = "values"
		}
		e := n.get(key)
		if e == nil {
			return nil, at.errorf("%s needs %q", t, key)
		}
		s := &Schema{typ: t, props: propsOf(n, "type", key)}
		s.elem, err = p.schema(e, namespace, at.field(key), depth+1)
		return s, err
	default:
		if !isPrimitive(typ) {
			return p.reference(typ, namespace, at.field("type"))
		}
		s := &Schema{typ: t, props: propsOf(n, "type")}
		return s, s.readLogical(n, at)
	}
}

func (p *parser) record(n *node, namespace string, at *path, depth int) (*Schema, error) {
	s := &Schema{typ: TypeRecord, props: propsOf(n, "type", "name", "namespace", "aliases", "doc", "fields")}
	if err := p.name(s, n, namespace, at); err != nil {
		return nil, err
	}
	fields := n.get("fields")
	if fields == nil || fields.kind != '[' {
		return nil, at.errorf("a record needs an array %q", "fields")
	}
	namespace = namespaceOf(s.name)
	s.fields = make([]SchemaField, 0, len(fields.items))
	names := make([]string, 0, len(fields.items))
	var seen nameSet
	at = at.field("fields")
	for i := range fields.items {
		fat := at.index(i)
		f, err := p.field(&fields.items[i], namespace, fat, depth)
		if err != nil {
			return nil, err
		}
		if !seen.add(f.name, names) {
			return nil, fat.errorf("the record has a field %q already", f.name)
		}
		names = append(names, f.name)
		s.fields = append(s.fields, f)
		if f.deflt != nil {
			p.defaults = append(p.defaults, pendingDefault{s, i, fat.field("default")})
		}
	}
	return s, nil
}

func (p *parser) field(n *node, namespace string, at *path, depth int) (SchemaField, error) {
	f := SchemaField{props: propsOf(n, "name", "type", "doc", "aliases", "default", "order")}
	if n.kind != '{' {
		return f, at.errorf("a field is an object, not %s", n.what())
	}
	var err error
	if f.name, err = text(n, "name", true, at); err != nil {
		return f, err
	}
	if !validName(f.name) {
		return f, at.errorf("%q is no valid field name (letters, digits and _, no digit first)", f.name)
	}
	if f.doc, err = text(n, "doc", false, at); err != nil {
		return f, err
	}
	order, err := text(n, "order", false, at)
	if err != nil {
		return f, err
	}
	if !slices.Contains([]string{"", "ascending", "descending", "ignore"}, order) {
		return f, at.field("order").errorf("%q is not ascending, descending or ignore", order)
	}
	if f.aliases, err = texts(n, "aliases", at); err != nil {
		return f, err
	}
	for _, a := range f.aliases {
		if !validName(a) {
			return f, at.field("aliases").errorf("%q is no valid field name", a)
		}
	}
	t := n.get("type")
	if t == nil {
		return f, at.errorf("field %q needs a type", f.name)
	}
	if d := n.get("default"); d != nil {
		own := d.clone() // it stays, and what stands around it goes
		f.deflt = &own
	}
	f.typ, err = p.schema(t, namespace, at.field("type"), depth+1)
	return f, err
}

func (p *parser) enum(n *node, namespace string, at *path) (*Schema, error) {
	s := &Schema{typ: TypeEnum, props: propsOf(n, "type", "name", "namespace", "aliases", "doc", "symbols", "default")}
	err := p.name(s, n, namespace, at)
	if err != nil {
		return nil, err
	}
	if s.symbols, err = texts(n, "symbols", at); err != nil {
		return nil, err
	}
	if len(s.symbols) == 0 {
		return nil, at.errorf("an enum needs at least one symbol")
	}
	var seen nameSet
	for i, sym := range s.symbols {
		switch {
		case !validName(sym):
			return nil, at.field("symbols").index(i).errorf("%q is no valid symbol (letters, digits and _, no digit first)", sym)
		case !seen.add(sym, s.symbols[:i]):
			return nil, at.field("symbols").index(i).errorf("symbol %q stands twice", sym)
		}
	}
	if s.fallback, err = text(n, "default", false, at); err != nil {
		return nil, err
	}
	if n.get("default") != nil && !slices.Contains(s.symbols, s.fallback) {
		return nil, at.field("default").errorf("%q is not one of the symbols", s.fallback)
	}
	return s, nil
}

func (p *parser) fixed(n *node, namespace string, at *path) (*Schema, error) {
	s := &Schema{typ: TypeFixed, props: propsOf(n, "type", "name", "namespace", "aliases", "doc", "size")}
	if err := p.name(s, n, namespace, at); err != nil {
		return nil, err
	}
	size := n.get("size")
	if size == nil || size.kind != '0' {
		return nil, at.errorf("a fixed needs a number %q", "size")
	}
	var err error
	if s.size, err = strconv.Atoi(size.text); err != nil || s.size < 0 || s.size > maxFixedSize {
		return nil, at.field("size").errorf("%s is not a whole number from 0 to %d", size.text, maxFixedSize)
	}
	return s, s.readLogical(n, at)
}

// name reads what named types have in common and registers the type.
func (p *parser) name(s *Schema, n *node, namespace string, at *path) error {
	name, err := text(n, "name", true, at)
	if err != nil {
		return err
	}
	if ns := n.get("namespace"); ns != nil && !strings.Contains(name, ".") {
		if namespace, err = text(n, "namespace", true, at); err != nil {
			return err
		}
		if namespace != "" && !validFullname(namespace) {
			return at.field("namespace").errorf("%q is no valid namespace", namespace)
		}
	}
	s.name = qualify(name, namespace)
	switch {
	case !validFullname(s.name):
		return at.field("name").errorf("%q is no valid name (letters, digits and _, no digit first)", name)
	case isPrimitive(unqualified(s.name)):
		return at.field("name").errorf("%q is the name of a primitive type", name)
	case p.named[s.name] != nil:
		return at.field("name").errorf("%q is defined twice", s.name)
	}
	p.named[s.name] = s
	if s.doc, err = text(n, "doc", false, at); err != nil {
		return err
	}
	aliases, err := texts(n, "aliases", at)
	if err != nil {
		return err
	}
	for _, a := range aliases {
		if !validFullname(a) {
			return at.field("aliases").errorf("%q is no valid name", a)
		}
		s.aliases = append(s.aliases, alias{qualify(a, namespaceOf(s.name)), !strings.Contains(a, ".")})
	}
	return nil
}

// text is a string attribute.
func text(n *node, key string, required bool, at *path) (string, error) {
	v := n.get(key)
	switch {
	case v == nil && required:
		return "", at.errorf("%q is missing", key)
	case v == nil:
		return "", nil
	case v.kind != '"':
		return "", at.field(key).errorf("a string is needed, not %s", v.what())
	}
	return v.text, nil
}

// texts is an attribute that is an array of strings.
func texts(n *node, key string, at *path) ([]string, error) {
	v := n.get(key)
	if v == nil {
		return nil, nil
	}
	if v.kind != '[' {
		return nil, at.field(key).errorf("an array of strings is needed, not %s", v.what())
	}
	list := make([]string, 0, len(v.items))
	for i := range v.items {
		if v.items[i].kind != '"' {
			return nil, at.field(key).index(i).errorf("a string is needed, not %s", v.items[i].what())
		}
		list = append(list, v.items[i].text)
	}
	return list, nil
}

// propsOf are the attributes other than the named ones.
func propsOf(n *node, but ...string) props {
	var ps props
	for i, k := range n.keys {
		if slices.Contains(but, k) {
			continue
		}
		if ps == nil {
			ps = props{}
		}
		ps[k] = n.items[i].appendTo(nil)
	}
	return ps
}
