package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
func readJSON(text string, limits jsonLimits) (*node, error) {
	if len(text) > limits.bytes {
		return nil, fmt.Errorf("%d bytes of JSON, at most %d are read", len(text), limits.bytes)
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("the JSON is not UTF-8")
	}
	r := &jsonReader{text: text, limits: limits, items: make([]node, 0, 32), keys: make([]string, 0, 32)}
	n, err := r.value(0)
	if r.next(); err == nil && r.at < len(text) {
		err = errors.New("more text follows the JSON value")
	}
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", r.at, err)
	}
	return &n, nil
}

// jsonReader reads JSON (RFC 8259). Its strings are parts of the text where they can be, which saves to allocate each.
type jsonReader struct {
	text   string
	at     int
	limits jsonLimits
	nodes  int
	items  []node   // of the objects and arrays that are read just now, one after the other
	keys   []string // the same of their keys
}

// next goes to the next byte that is no white space, and gives it; 0 at the end.
func (r *jsonReader) next() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take passes over c, if it is next.
func (r *jsonReader) take(c byte) bool {
	is := r.next() == c
	if is {
		r.at++
	}
	return is
}

// unexpected is the error where something else stands than is needed.
func (r *jsonReader) unexpected(need string) error {
	if r.at >= len(r.text) {
		return errors.New("the JSON ends too early")
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return fmt.Errorf("%q stands where JSON needs %s", c, need)
}

func (r *jsonReader) value(depth int) (n node, err error) {
	if r.nodes++; r.nodes > r.limits.nodes {
		return n, fmt.Errorf("more than %d JSON values", r.limits.nodes)
	}
	c := r.next()
	switch c {
	case '{', '[':
		if depth == r.limits.depth {
			return n, fmt.Errorf("JSON nested deeper than %d", depth)
		}
		r.at++
		if c == '{' {
			return r.object(depth + 1)
		}
		return r.array(depth + 1)
	case '"':
		n.kind = c
		n.text, err = r.string()
		return n, err
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.at:], word) {
			r.at += len(word)
			return node{kind: word[0]}, nil
		}
	}
	n.kind = '0'
	n.text, err = r.number()
	return n, err
}

func (r *jsonReader) object(depth int) (node, error) {
	items, keys := len(r.items), len(r.keys)
	var seen nameSet
	for closed := r.take('}'); !closed; {
		if r.next() != '"' {
			return node{}, r.unexpected("a key")
		}
		key, err := r.string()
		if err != nil {
			return node{}, err
		}
		if !seen.add(key, r.keys[keys:]) {
			return node{}, fmt.Errorf("key %q stands twice in one object", key)
		}
		if !r.take(':') {
			return node{}, r.unexpected("a colon")
		}
		r.keys = append(r.keys, key)
		v, err := r.value(depth)
		if err != nil {
			return node{}, err
		}
		r.items = append(r.items, v)
		if closed = r.take('}'); !closed && !r.take(',') {
			return node{}, r.unexpected("a comma or }")
		}
	}
	n := node{kind: '{', keys: slices.Clone(r.keys[keys:]), items: slices.Clone(r.items[items:])}
	r.items, r.keys = r.items[:items], r.keys[:keys]
	return n, nil
}

func (r *jsonReader) array(depth int) (node, error) {
	items := len(r.items)
	for closed := r.take(']'); !closed; {
		v, err := r.value(depth)
		if err != nil {
			return node{}, err
		}
		r.items = append(r.items, v)
		if closed = r.take(']'); !closed && !r.take(',') {
			return node{}, r.unexpected("a comma or ]")
		}
	}
	n := node{kind: '[', items: slices.Clone(r.items[items:])}
	r.items = r.items[:items]
	return n, nil
}

// string reads a string, which begins here.
func (r *jsonReader) string() (string, error) {
	from, plain := r.at, true
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"' && plain:
			r.at++
			return r.text[from+1 : r.at-1], nil
		case c == '"':
			r.at++
			var s string
			if err := json.Unmarshal([]byte(r.text[from:r.at]), &s); err != nil {
				return "", err
			}
			return s, nil
		case c == '\\':
			plain = false
			r.at++
		case c < ' ':
			return "", errors.New("a control character stands in a string")
		}
	}
	r.at = len(r.text)
	return "", r.unexpected("")
}

// number reads a number, as it is written.
func (r *jsonReader) number() (string, error) {
	from := r.at
	r.one("-")
	if !r.one("0") && !r.digits() {
		return "", r.unexpected("a value")
	}
	if r.one(".") && !r.digits() {
		return "", r.unexpected("a digit")
	}
	if r.one("eE") {
		r.one("+-")
		if !r.digits() {
			return "", r.unexpected("a digit")
		}
	}
	return r.text[from:r.at], nil
}

// one passes over one of some characters, if it stands here.
func (r *jsonReader) one(of string) bool {
	is := r.at < len(r.text) && strings.IndexByte(of, r.text[r.at]) >= 0
	if is {
		r.at++
	}
	return is
}

func (r *jsonReader) digits() bool {
	from := r.at
	for r.one("0123456789") {
	}
	return r.at > from
}

// compacted is a JSON text without insignificant white space.
func compacted(text string) string {
	if strings.IndexByte(text, ' ') < 0 && strings.IndexByte(text, '\n') < 0 && strings.IndexByte(text, '\t') < 0 && strings.IndexByte(text, '\r') < 0 {
		return text
	}
	short := make([]byte, 0, len(text))
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\': // only in strings
			short = append(short, c)
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		short = append(short, text[i])
	}
	return string(short)
}

// nameSet tells which names stood before. Few are looked for where they stand; many have a map.
type nameSet map[string]bool

// add adds a name that follows others; it is false where it is among them.
func (s *nameSet) add(name string, others []string) bool {
	if len(others) < 16 {
		return !slices.Contains(others, name)
	}
	if *s == nil {
		*s = make(nameSet, 2*len(others))
		for _, o := range others {
			(*s)[o] = true
		}
	}
	before := (*s)[name]
	(*s)[name] = true
	return !before
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
