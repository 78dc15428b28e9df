package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// maxConfigFile bounds a configuration file; a real one has a few hundred bytes.
const maxConfigFile = 64 << 10

// configFile is a flat YAML mapping from a setting's name (as its flag) to a text, a number or a list of those.
type configFile struct {
	path   string
	values map[string]fileValue
}

type fileValue struct {
	text string // lists joined by commas, as on the command line
	line int
}

func parseConfigFile(path string, text []byte) (*configFile, error) {
	if len(text) > maxConfigFile {
		return nil, fmt.Errorf("%s: larger than %d bytes, which no configuration file is", path, maxConfigFile)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return &configFile{path: path}, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds a second YAML document; keep one", path)
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: is not a mapping from setting to value, such as \"platform: %s\"", path, root.Line, defaultPlatform)
	}
	f := &configFile{path: path, values: map[string]fileValue{}}
	for i := 0; i < len(root.Content); i += 2 {
		key, node := root.Content[i], root.Content[i+1]
		if earlier, ok := f.values[key.Value]; ok {
			return nil, fmt.Errorf("%s:%d: %s stands on line %d already; keep one", path, key.Line, key.Value, earlier.line)
		}
		value, err := scalars(node)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %s: %w", path, node.Line, key.Value, err)
		}
		f.values[key.Value] = fileValue{value, key.Line}
	}
	return f, nil
}

func scalars(n *yaml.Node) (string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value, nil
	case yaml.SequenceNode:
		items := make([]string, len(n.Content))
		for i, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return "", errors.New("holds something else than a list of texts")
			}
			items[i] = item.Value
		}
		return strings.Join(items, ","), nil
	}
	return "", errors.New("is neither a text nor a list of texts")
}

// unknown is an error that names the first key in the file that is no setting.
func (f *configFile) unknown(known map[string]bool) error {
	key, line := "", 0
	for k, v := range f.values {
		if !known[k] && (line == 0 || v.line < line) {
			key, line = k, v.line
		}
	}
	if line == 0 {
		return nil
	}
	hint := "; \"tidemark config view\" lists them"
	if near := strict.Suggest(key, sortedKeys(known)); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return fmt.Errorf("%s:%d: unknown setting %q%s", f.path, line, key, hint)
}
