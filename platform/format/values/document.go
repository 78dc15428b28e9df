package values

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Limits of a document's references: how many may lead from one to the next, how many nodes they may make when they are
// written out, and how many findings are worth reading.
const (
	maxChain    = 32
	maxNodes    = 100_000
	maxFindings = 100
)

// Document is a file of another standard while it is read. It collects what is found.
type Document struct {
	File string
	Root contract.Value // absent if there is nothing to go on with

	// Opaque is a key whose values are documents of their own: Inline follows one that is a reference as a whole, and leaves
	// the references within it alone. "" is none.
	Opaque string

	format   string
	findings []contract.Finding
	said     map[string]bool
	nodes    int
	used     map[string]bool
}

// Read parses YAML or JSON, bounded as contracts are. Rule ids of what is found begin with format.<format>. Keys that differ
// in case only are a note here: they are names of other people's fields.
func Read(file string, text []byte, format string) *Document {
	d := &Document{File: file, format: format, said: make(map[string]bool), used: make(map[string]bool)}
	root, faults := strict.Parse(pairs(text))
	for _, f := range faults {
		severity := contract.SeverityError
		if f.Rule == strict.RuleCase {
			severity = contract.SeverityNote
		}
		d.put(contract.Finding{Rule: f.Rule, Severity: severity, Line: f.Line, Column: f.Column, Path: f.Path, Message: f.Message})
	}
	if root == nil || contract.HasErrors(d.findings) {
		return d
	}
	d.Root = strict.ValueOf(root)
	if d.Root.Kind != strict.Map {
		d.Error(d.Root, "document", "this is %s, not a document: it needs keys and values", d.Root.Kind)
		d.Root = contract.Value{}
	}
	return d
}

// Of is a document that is part of a file, or was just built: its findings stand where the part's values stand.
func Of(file string, root contract.Value, format string) *Document {
	return &Document{File: file, Root: root, format: format, said: make(map[string]bool), used: make(map[string]bool)}
}

// Error, Warn and Note say something about a value, once.
func (d *Document) Error(v contract.Value, what, message string, args ...any) {
	d.say(contract.SeverityError, v, what, message, args)
}

// Warn says that something was left out or guessed.
func (d *Document) Warn(v contract.Value, what, message string, args ...any) {
	d.say(contract.SeverityWarning, v, what, message, args)
}

// Note says what the reader should know.
func (d *Document) Note(v contract.Value, what, message string, args ...any) {
	d.say(contract.SeverityNote, v, what, message, args)
}

func (d *Document) say(severity contract.Severity, v contract.Value, what, message string, args []any) {
	d.put(contract.Finding{
		Rule: "format." + d.format + "." + what, Severity: severity,
		Line: v.Line, Column: v.Column, Path: v.Path(), Message: fmt.Sprintf(message, args...),
	})
}

// Report adds what others found in a part of the document; it is said about the part.
func (d *Document) Report(part contract.Value, findings []contract.Finding) {
	for _, f := range findings {
		if f.Line == 0 {
			f.Line, f.Column, f.Path = part.Line, part.Column, strings.Trim(part.Path()+"."+f.Path, ".")
		}
		d.put(f)
	}
}

func (d *Document) put(f contract.Finding) {
	f.File = d.File
	if key := f.String(); !d.said[key] && len(d.findings) < maxFindings {
		d.said[key] = true
		d.findings = append(d.findings, f)
	}
}

// Findings are all that was found, sorted.
func (d *Document) Findings() []contract.Finding { return contract.SortFindings(d.findings) }

// Follow gives what a value refers to by $ref, or the value itself where it is no reference. It is absent, with a
// finding, where the reference leads out of the file, nowhere or in a circle.
func (d *Document) Follow(v contract.Value) contract.Value {
	from := v
	for range maxChain {
		ref, ok := Ref(v)
		if !ok {
			return v
		}
		pointer, local := strings.CutPrefix(ref, "#")
		if !local {
			d.Warn(from, "reference", "%s is outside this file and is not fetched: put what it refers to into the file", strict.Quote(ref))
			return contract.Value{}
		}
		d.used[strings.TrimPrefix(pointer, "/")] = true
		if v = d.at(pointer); v.Kind == strict.Absent {
			d.Warn(from, "reference", "%s refers to nothing in this file", strict.Quote(ref))
			return contract.Value{}
		}
	}
	d.Warn(from, "reference", "the reference leads in a circle")
	return contract.Value{}
}

// Ref is what a value refers to, where it is a reference.
func Ref(v contract.Value) (ref string, ok bool) {
	target := v.Get("$ref")
	return target.Text, target.Kind == strict.Text
}

// Used tells whether something was found by this path, such as components/apis/orders.
func (d *Document) Used(path string) bool { return d.used[path] }

// at is the value that a JSON pointer leads to; its first slash may be missing.
func (d *Document) at(pointer string) contract.Value {
	v := d.Root
	if pointer = strings.TrimPrefix(pointer, "/"); pointer == "" {
		return v
	}
	for step := range strings.SplitSeq(pointer, "/") {
		step = Unescape(step)
		if v.Kind == strict.List {
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v.Items) {
				return contract.Value{}
			}
			v = v.Items[i]
			continue
		}
		v = v.Get(step)
	}
	return v
}

// Unescape is one step of a JSON pointer in a URI as it was before it was written.
func Unescape(step string) string {
	if plain, err := url.PathUnescape(step); err == nil {
		step = plain
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
}

// Escape is a key as one step of a JSON pointer.
func Escape(key string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
}

// Inline is a value with everything that it refers to in place of the references. What leads out of the file or in a
// circle stays a reference, with a finding.
func (d *Document) Inline(v contract.Value) contract.Value { return d.inline(v, nil) }

func (d *Document) inline(v contract.Value, within []string) contract.Value {
	if !d.spend() {
		return contract.Value{}
	}
	if ref, ok := Ref(v); ok {
		for _, above := range within {
			if above == ref || len(within) > maxChain {
				d.Warn(v, "reference", "%s refers to itself, which has no end", strict.Quote(ref))
				return v
			}
		}
		target := d.Follow(v)
		if target.Kind == strict.Absent {
			return v
		}
		return d.inline(target, append(within[:len(within):len(within)], ref))
	}
	switch v.Kind {
	case strict.List:
		items := make([]contract.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = d.inline(item, within)
		}
		v.Items = items
	case strict.Map:
		entries := make([]strict.Entry, len(v.Entries))
		for i, e := range v.Entries {
			if e.Key == d.Opaque {
				entries[i] = strict.Entry{Key: e.Key, Value: d.whole(e.Value)}
				continue
			}
			entries[i] = strict.Entry{Key: e.Key, Value: d.inline(e.Value, within)}
		}
		v.Entries = entries
	}
	return v
}

// spend counts a node; false, with an error, where the document has had enough.
func (d *Document) spend() bool {
	if d.nodes++; d.nodes <= maxNodes {
		return true
	}
	d.Error(d.Root, "limit", "the references of this file make more than %d nodes: write less, or split it", maxNodes)
	return false
}

// whole is a value that may be a reference, with what is in it as it stands.
func (d *Document) whole(v contract.Value) contract.Value {
	if _, ok := Ref(v); ok {
		if target := d.Follow(v); target.Kind != strict.Absent {
			v = target
		}
	}
	if !d.spendAll(v) {
		return contract.Value{}
	}
	return v
}

func (d *Document) spendAll(v contract.Value) bool {
	for _, item := range v.Items {
		if !d.spendAll(item) {
			return false
		}
	}
	for _, e := range v.Entries {
		if !d.spendAll(e.Value) {
			return false
		}
	}
	return d.spend()
}
