package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Bounds of what a rule may say about one contract.
const (
	maxDenials = 1000
	maxMessage = 2000 // bytes
)

// writer collects findings about one input.
type writer struct {
	in       Input
	findings []contract.Finding
	contract strict.Value // parsed when a path is first asked for
	product  strict.Value
}

// decided adds what a decision came to, which is nothing or one value: a message, or an object with one, or any number of
// either. true is a denial without a word; false is none. Whatever else there is denies too.
func (w *writer) decided(d decision, said any) {
	one, ok := said.([]any)
	if ok && len(one) == 0 {
		return
	}
	if !ok {
		one = []any{said} // never so; and if it were, it would deny
	}
	switch v := one[0].(type) {
	case bool:
		if v {
			w.told(d, nil, "")
		}
	case string:
		w.said(d, v)
	case []any:
		for i, one := range v {
			if i == maxDenials {
				w.add(d.rule, d.severity, nil, "%d more of the same rule", len(v)-i)
				return
			}
			w.said(d, one)
		}
	case map[string]any:
		if _, ok := message(v); ok || len(v) == 0 {
			if ok {
				w.said(d, v)
			}
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) { // deny[key] := message
			w.said(d, v[key])
		}
	default:
		w.said(d, v)
	}
}

// said adds one message.
func (w *writer) said(d decision, value any) {
	switch v := value.(type) {
	case string:
		w.told(d, nil, v)
		return
	case map[string]any:
		if text, ok := message(v); ok {
			w.told(d, steps(v["path"]), text)
			return
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("what is no JSON")
	}
	w.add(RuleResult, contract.SeverityError, nil, "%s:%d: %s %s gave %s, which denies: give a text, or an object with the text as msg", d.file, d.line, d.pkg, d.name, text)
}

// told adds a denial or a warning; one without a word is named.
func (w *writer) told(d decision, path []step, text string) {
	if strings.TrimSpace(text) == "" {
		text = d.name + " of " + d.pkg + " holds, and says no more"
	}
	w.add(d.rule, d.severity, path, "%s", text)
}

func message(v map[string]any) (string, bool) {
	text, ok := v["msg"].(string)
	return text, ok
}

func (w *writer) add(rule string, severity contract.Severity, path []step, format string, args ...any) {
	f := contract.Finding{Rule: rule, Severity: severity, File: w.in.Contract.File, Message: cut(fmt.Sprintf(format, args...))}
	if len(path) > 0 {
		w.place(&f, path)
	}
	w.findings = append(w.findings, f)
}

// place says where in the file a path is. It may begin with contract or data_product; alone it is the contract's.
func (w *writer) place(f *contract.Finding, path []step) {
	document, raw := &w.contract, w.in.Contract.Raw
	switch {
	case path[0].key == "contract":
		path = path[1:]
	case path[0].key == "data_product" && w.in.DataProduct != nil:
		f.File, path = w.in.DataProduct.File, path[1:]
		document, raw = &w.product, w.in.DataProduct.Raw
	}
	f.Path = printed(path)
	if document.Kind == strict.Absent && len(raw) > 0 {
		if root, _ := strict.Parse(raw); root != nil {
			*document = strict.ValueOf(root)
		}
	}
	at := *document
	for _, s := range path {
		next := s.of(at)
		if next.Kind == strict.Absent {
			break // what is missing is said of what should have it
		}
		at = next
	}
	if at.Path() != "" {
		f.Line, f.Column = at.Line, at.Column
	}
}

// step is one step of a path: a key, or the index of an item.
type step struct {
	key   string
	index int // where key is ""
}

func (s step) of(v strict.Value) strict.Value {
	if s.key != "" {
		return v.Get(s.key)
	}
	if s.index < len(v.Items) {
		return v.Items[s.index]
	}
	return strict.Value{}
}

// steps reads a path as rules give it: schema[0].properties[2].name, or the list that walk gives.
func steps(path any) []step {
	var all []step
	switch p := path.(type) {
	case string:
		for part := range strings.SplitSeq(strings.NewReplacer("[", ".", "]", "").Replace(p), ".") {
			if part == "" {
				continue
			}
			if n, err := strconv.Atoi(part); err == nil && n >= 0 {
				all = append(all, step{index: n})
				continue
			}
			all = append(all, step{key: part})
		}
	case []any:
		for _, part := range p {
			switch v := part.(type) {
			case string:
				all = append(all, step{key: v})
			case json.Number:
				n, err := strconv.Atoi(v.String())
				if err != nil || n < 0 {
					return nil
				}
				all = append(all, step{index: n})
			}
		}
	}
	return all
}

// printed is a path as other findings have it.
func printed(path []step) string {
	var b strings.Builder
	for _, s := range path {
		switch {
		case s.key == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		case b.Len() > 0:
			b.WriteString("." + s.key)
		default:
			b.WriteString(s.key)
		}
	}
	return b.String()
}

// cut bounds a message, at a character.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
