package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// readData makes one document of a bundle's data files: what is in limits/data.json is data.limits.
func readData(files []file) (map[string]any, []contract.Finding) {
	root := make(map[string]any)
	var faults []contract.Finding
	for _, f := range files {
		if f.isRego() {
			continue
		}
		value, err := decodeData(f)
		if err == nil {
			folders := strings.Split(path.Dir(f.name), "/")
			slices.Reverse(folders)
			for _, key := range folders {
				if key != "." {
					value = map[string]any{key: value}
				}
			}
			err = merge(root, value)
		}
		if err != nil {
			faults = append(faults, contract.Finding{Rule: RuleLoad, File: f.name, Message: err.Error()})
		}
	}
	return root, faults
}

func decodeData(f file) (any, error) {
	text := f.text
	if path.Ext(f.name) != ".json" {
		node, faults := strict.Parse(text)
		if len(faults) > 0 {
			return nil, fmt.Errorf("line %d: %s", faults[0].Line, faults[0].Message)
		}
		text, _ = strict.ValueOf(node).MarshalJSON() // it has no errors
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one JSON value")
	}
	return value, nil
}

// merge adds an object's entries to another's.
func merge(into map[string]any, value any) error {
	from, ok := value.(map[string]any)
	if !ok {
		return errors.New("must hold an object")
	}
	for key, v := range from {
		old, taken := into[key].(map[string]any)
		if _, there := into[key]; there && !taken {
			return fmt.Errorf("%s is said by another data file too: keep one", strict.Quote(key))
		}
		if !taken {
			into[key] = v
			continue
		}
		if err := merge(old, v); err != nil {
			return fmt.Errorf("%s: %w", strict.Quote(key), err)
		}
	}
	return nil
}
