package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of a document. The largest example of the standards has 192 kB, 13,000 marks and a depth of 12. At
// these limits the worst file found costs about 30 ms and 40 MB.
const (
	MaxBytes = 1 << 20
	MaxMarks = 50_000 // characters that can start a node; each may cost some 300 bytes of memory
	MaxDepth = 40
	MaxNodes = 100_000 // with every alias written out
)

// marks are the characters without which YAML starts no node, key or comment.
const marks = ",[]{}\n:-?*&#!"

// Parse reads exactly one document and checks what no schema says: its size, depth and repetition, that no key is
// given twice or in two spellings, and that it uses no tag that readers treat differently. It returns nil
// and the faults if there is no document to go on with; otherwise the faults that a decoding should add to.
func Parse(text []byte) (*yaml.Node, []Fault) {
	var f faults
	if len(text) > MaxBytes {
		f.add(RuleLimit, nil, Position{}, "the file has %d bytes; the limit is %d: split it", len(text), MaxBytes)
		return nil, f
	}
	if n := countMarks(text); n > MaxMarks {
		f.add(RuleLimit, nil, Position{}, "the file has %d structural characters (%q); the limit is %d: split it", n, marks, MaxMarks)
		return nil, f
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		f.syntax(text, err)
		return nil, f
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		f.add(RuleDocuments, nil, position(&second), "a second document starts here: a file holds one; remove it or give it a file of its own")
	} else if !errors.Is(err, io.EOF) {
		f.syntax(text, err)
		return nil, f
	}
	root := document.Content[0]
	c := checker{faults: &f, budget: MaxNodes}
	if !c.check(root, nil, 0) {
		return nil, f
	}
	return root, f
}

func countMarks(text []byte) int {
	n := 0
	for _, c := range []byte(marks) {
		n += bytes.Count(text, []byte{c})
	}
	return n
}

// checker walks the document once with every alias written out, so that what follows may trust its size.
type checker struct {
	*faults
	budget int
}

// check returns false when the document is too deep or too large to go on.
func (c *checker) check(n *yaml.Node, at *path, depth int) bool {
	if c.budget--; c.budget < 0 {
		c.add(RuleLimit, at, position(n), "aliases make more than %d nodes of this file: write less, or write it out", MaxNodes)
		return false
	}
	if depth > MaxDepth {
		c.add(RuleLimit, at, position(n), "nested deeper than %d levels (an alias within itself never ends)", MaxDepth)
		return false
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.check(n.Alias, at, depth+1)
	case yaml.SequenceNode:
		c.tag(n, at)
		for i, item := range n.Content {
			if !c.check(item, at.item(i), depth+1) {
				return false
			}
		}
	case yaml.MappingNode:
		c.tag(n, at)
		return c.mapping(n, at, depth)
	default:
		c.tag(n, at)
	}
	return true
}

func (c *checker) mapping(n *yaml.Node, at *path, depth int) bool {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		if c.full() {
			return false
		}
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" && key.ShortTag() != "!!merge":
			c.add(RuleType, at, position(key), "a key must be text")
		case key.ShortTag() == "!!merge":
			c.add(RuleTag, at, position(key), "merge keys (<<) are not part of YAML 1.2: write the keys out")
		default:
			// Two passes of folding bring together what EqualFold does, such as the Kelvin sign and k.
			folded := strings.ToLower(strings.ToUpper(key.Value))
			switch first, twice := seen[folded]; {
			case twice && first.Value == key.Value:
				c.add(RuleDuplicate, at.at(key.Value), position(key), "key %s is given twice, first in line %d: keep one", Quote(key.Value), first.Line)
			case twice:
				c.add(RuleCase, at.at(key.Value), position(key), "keys %s and %s (line %d) differ only in case: keep one", Quote(key.Value), Quote(first.Value), first.Line)
			default:
				seen[folded] = key
			}
		}
		if !c.check(value, at.at(key.Value), depth+1) {
			return false
		}
	}
	return true
}

// tag refuses what is not plain data. Timestamps stay text: other readers would each type them in their way.
func (c *checker) tag(n *yaml.Node, at *path) {
	switch n.ShortTag() {
	case "!!str", "!!map", "!!seq":
	case "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
		if n.Style&yaml.TaggedStyle != 0 { // it may not even fit the text
			c.add(RuleTag, at, position(n), "tag %s says what the text itself must say: remove it", Quote(n.Tag))
		}
	default:
		c.add(RuleTag, at, position(n), "tag %s is not plain data: remove it", Quote(n.Tag))
	}
}

// Quote shows a key or a value of the file without letting it fill the screen or act on the terminal.
func Quote(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
