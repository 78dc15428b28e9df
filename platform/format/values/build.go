package values

import (
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Text is a text; absent where it is "".
func Text(s string) contract.Value {
	if s == "" {
		return contract.Value{}
	}
	return contract.Value{Kind: strict.Text, Text: s}
}

// Bool is true or false.
func Bool(b bool) contract.Value {
	return contract.Value{Kind: strict.Bool, Text: strconv.FormatBool(b)}
}

// Int is a whole number.
func Int(n int64) contract.Value {
	return contract.Value{Kind: strict.Integer, Text: strconv.FormatInt(n, 10)}
}

// Texts is a list of texts; absent where there are none.
func Texts(texts []string) contract.Value {
	items := make([]contract.Value, len(texts))
	for i, t := range texts {
		items[i] = contract.Value{Kind: strict.Text, Text: t}
	}
	return List(items...)
}

// List is a list of what is not absent; absent where nothing is left.
func List(items ...contract.Value) contract.Value {
	v := contract.Value{Kind: strict.List}
	for _, item := range items {
		if item.Kind != strict.Absent {
			v.Items = append(v.Items, item)
		}
	}
	if v.Items == nil {
		return contract.Value{}
	}
	return v
}

// Object is an object of what is not absent; absent where nothing is left. No key may be given twice.
func Object(entries ...strict.Entry) contract.Value {
	var v contract.Value
	for _, e := range entries {
		if e.Value.Kind != strict.Absent {
			v.Kind, v.Entries = strict.Map, append(v.Entries, e)
		}
	}
	return v
}

// Key is one entry of an Object.
func Key(key string, v contract.Value) strict.Entry { return strict.Entry{Key: key, Value: v} }

// With is an object with the key set to a value: in its place where the object has it, else at the end. An absent value
// changes nothing, and what is no object becomes one.
func With(object contract.Value, key string, v contract.Value) contract.Value {
	if v.Kind == strict.Absent {
		return object
	}
	if object.Kind != strict.Map {
		object = contract.Value{Kind: strict.Map}
	}
	entries := make([]strict.Entry, 0, len(object.Entries)+1)
	entries = append(entries, object.Entries...)
	object.Entries = entries
	for i := range entries {
		if entries[i].Key == key {
			entries[i].Value = v
			return object
		}
	}
	object.Entries = append(entries, strict.Entry{Key: key, Value: v})
	return object
}

// Without is an object without these keys; absent where nothing is left.
func Without(object contract.Value, keys ...string) contract.Value {
	gone := make(map[string]bool, len(keys))
	for _, key := range keys {
		gone[key] = true
	}
	var left []strict.Entry
	for _, e := range object.Entries {
		if !gone[e.Key] {
			left = append(left, e)
		}
	}
	if left == nil {
		return contract.Value{}
	}
	object.Entries = left
	return object
}

// Under is an object with what another has and it lacks, at the end.
func Under(object, more contract.Value) contract.Value {
	for _, e := range more.Entries {
		if object.Get(e.Key).Kind == strict.Absent {
			object = With(object, e.Key, e.Value)
		}
	}
	return object
}

// Merge is a value with a JSON merge patch (RFC 7396) applied.
func Merge(v, patch contract.Value) contract.Value {
	if patch.Kind != strict.Map {
		return patch
	}
	for _, e := range patch.Entries {
		if e.Value.Kind == strict.Null {
			v = Without(v, e.Key)
			continue
		}
		v = With(v, e.Key, Merge(v.Get(e.Key), e.Value))
	}
	if v.Kind != strict.Map {
		v = contract.Value{Kind: strict.Map}
	}
	return v
}

// TextOf is the value's text where it is one; "" otherwise.
func TextOf(v contract.Value) string {
	if v.Kind != strict.Text {
		return ""
	}
	return v.Text
}

// TextsOf are the texts of a list; what is none is left out.
func TextsOf(v contract.Value) []string {
	var texts []string
	for _, item := range v.Items {
		if item.Kind == strict.Text {
			texts = append(texts, item.Text)
		}
	}
	return texts
}
