package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// node is one value of a JSON text, with its object keys in order and its numbers as written.
type node struct {
	kind  byte // one of { [ " 0 t f n
	text  string
	keys  []string // of an object, parallel to items
	items []node
}

// bounds of a JSON text that we read.
type jsonLimits struct{ bytes, depth, nodes int }

// readJSON reads exactly one JSON value. It refuses what encoding/json lets pass: a key twice in one object, bytes that
// are not UTF-8, a second value.
func readJSON(text []byte, limits jsonLimits) (*node, error) {
	if len(text) > limits.bytes {
		return nil, fmt.Errorf("%d bytes of JSON, at most %d are read", len(text), limits.bytes)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the JSON is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	r := &jsonReader{d: d, limits: limits}
	n, err := r.value(0)
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("at byte %d: more text follows the JSON value", d.InputOffset())
	}
	return &n, nil
}

type jsonReader struct {
	d      *json.Decoder
	limits jsonLimits
	nodes  int
}

func (r *jsonReader) value(depth int) (node, error) {
	t, err := r.d.Token()
	if errors.Is(err, io.EOF) {
		return node{}, errors.New("the JSON ends too early")
	}
	if err != nil {
		return node{}, err
	}
	if r.nodes++; r.nodes > r.limits.nodes {
		return node{}, fmt.Errorf("more than %d JSON values", r.limits.nodes)
	}
	switch t := t.(type) {
	case json.Delim:
		if depth == r.limits.depth {
			return node{}, fmt.Errorf("JSON nested deeper than %d", depth)
		}
		if t == '{' {
			return r.object(depth + 1)
		}
		return r.array(depth + 1)
	case string:
		return node{kind: '"', text: t}, nil
	case json.Number:
		return node{kind: '0', text: t.String()}, nil
	case bool:
		if t {
			return node{kind: 't'}, nil
		}
		return node{kind: 'f'}, nil
	default:
		return node{kind: 'n'}, nil
	}
}

func (r *jsonReader) object(depth int) (node, error) {
	n := node{kind: '{'}
	seen := map[string]bool{}
	for r.d.More() {
		t, err := r.d.Token()
		if err != nil {
			return n, err
		}
		key := t.(string) // the decoder has checked that a key is a string
		if seen[key] {
			return n, fmt.Errorf("key %q stands twice in one object", key)
		}
		seen[key] = true
		v, err := r.value(depth)
		if err != nil {
			return n, err
		}
		n.keys, n.items = append(n.keys, key), append(n.items, v)
	}
	return n, r.close()
}

func (r *jsonReader) array(depth int) (node, error) {
	n := node{kind: '['}
	for r.d.More() {
		v, err := r.value(depth)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, v)
	}
	return n, r.close()
}

func (r *jsonReader) close() error {
	_, err := r.d.Token()
	if errors.Is(err, io.EOF) {
		return errors.New("the JSON ends too early")
	}
	return err
}

// get is an object's value by key, nil where it has none.
func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return &n.items[i]
		}
	}
	return nil
}

// what names the kind of value for messages; it never shows the value.
func (n *node) what() string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	}
	return "null"
}

// appendTo appends the value as compact JSON.
func (n *node) appendTo(dst []byte) []byte {
	switch n.kind {
	case '{':
		dst = append(dst, '{')
		for i := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, n.keys[i]), ':')
			dst = n.items[i].appendTo(dst)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = n.items[i].appendTo(dst)
		}
		return append(dst, ']')
	case '"':
		return appendJSONString(dst, n.text)
	case '0':
		return append(dst, n.text...)
	case 't', 'f':
		return strconv.AppendBool(dst, n.kind == 't')
	}
	return append(dst, "null"...)
}

// appendJSONString quotes s without HTML escapes.
func appendJSONString(dst []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string in memory always encodes
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// path is where we are in a text or a record, for messages; it is spelled out only when it is needed.
type path struct {
	up    *path
	step  string // ".name", "[3]", or the root's own name
	depth int
}

func (p *path) then(step string) *path  { return &path{p, step, p.depth + 1} }
func (p *path) field(name string) *path { return p.then("." + name) }
func (p *path) index(i int) *path       { return p.then("[" + strconv.Itoa(i) + "]") }

func (p *path) String() string {
	if p.up == nil {
		return p.step
	}
	return p.up.String() + p.step
}

// errorf is an error that begins with the path.
func (p *path) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", p, fmt.Errorf(format, args...))
}
