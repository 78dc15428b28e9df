package values

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// JSON is a value as indented text with a newline at its end.
func JSON(v contract.Value) []byte {
	raw := Compact(v)
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "", "  "); err != nil { // a value writes valid JSON
		return raw
	}
	text.WriteByte('\n')
	return text.Bytes()
}

// Compact is a value as JSON without any space, which costs a reader's limits least.
func Compact(v contract.Value) []byte {
	raw, _ := v.MarshalJSON() // never fails
	return raw
}

// FromJSON is JSON text as a value; absent where it is none, or too large for a contract.
func FromJSON(text []byte) contract.Value {
	root, _ := strict.Parse(pairs(text))
	if root == nil {
		return contract.Value{}
	}
	return strict.ValueOf(root)
}

// pairs writes out the characters that JSON escapes as two surrogates (\ud83d\ude00), which YAML has not. Any other
// text stays as it is.
func pairs(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) || !json.Valid(text) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			out = append(out, text[i])
			i++
			continue
		}
		if high, ok := unit(text[i:]); ok && utf16.IsSurrogate(high) {
			low, _ := unit(text[i+6:])
			i += 6
			r := utf16.DecodeRune(high, low)
			if r != utf8.RuneError {
				i += 6
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		out = append(out, text[i], text[i+1]) // valid JSON never ends in an escape
		i += 2
	}
	return out
}

// unit is the number of a \u escape at the start of a text.
func unit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
