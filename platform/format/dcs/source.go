package dcs

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// report collects what is found in one file.
type report struct {
	file     string
	findings []contract.Finding
	full     bool
}

// at reports something about a value of the file.
func (r *report) at(severity contract.Severity, rule string, v contract.Value, format string, args ...any) {
	r.add(contract.Finding{Rule: rule, Severity: severity, File: r.file, Line: v.Line, Column: v.Column,
		Path: v.Path(), Message: fmt.Sprintf(format, args...)})
}

func (r *report) add(f contract.Finding) {
	switch {
	case r.full && f.Severity != contract.SeverityError:
	case len(r.findings) >= maxFindings && !r.full:
		r.full = true
		r.findings = append(r.findings, contract.Finding{Rule: RuleLimit, Severity: f.Severity, File: r.file,
			Message: fmt.Sprintf("more findings than %d: the rest is not listed", maxFindings)})
	case r.full: // one error too many: what matters is said
		r.findings[maxFindings].Severity = contract.SeverityError
	default:
		r.findings = append(r.findings, f)
	}
}

func (r *report) faults(faults []strict.Fault) {
	for _, f := range faults {
		r.add(contract.Finding{Rule: f.Rule, Severity: contract.SeverityError, File: r.file, Line: f.Line, Column: f.Column, Path: f.Path, Message: f.Message})
	}
}

// keys are an object's, each of which is taken once; what nobody took is the rest.
type keys struct {
	contract.Value
	taken []bool // by entry
}

func keysOf(v contract.Value) *keys { return &keys{v, make([]bool, len(v.Entries))} }

// takeIf is a key's value if it is as wanted; otherwise the key stays in the rest.
func (k *keys) takeIf(key string, wanted func(contract.Value) bool) contract.Value {
	for n := range k.Entries {
		if k.Entries[n].Key == key && wanted(k.Entries[n].Value) {
			k.taken[n] = true
			return k.Entries[n].Value
		}
	}
	return contract.Value{}
}

// take is a key's value; absent where there is none, or it has none.
func (k *keys) take(key string) contract.Value {
	v := k.takeIf(key, func(contract.Value) bool { return true })
	if v.Kind == strict.Null {
		return contract.Value{}
	}
	return v
}

// putBack gives a key that was taken back to the rest.
func (k *keys) putBack(key string) {
	for n := range k.Entries {
		if k.Entries[n].Key == key {
			k.taken[n] = false
		}
	}
}

func (k *keys) rest() []strict.Entry {
	var rest []strict.Entry
	for n := range k.Entries {
		if !k.taken[n] {
			rest = append(rest, k.Entries[n])
		}
	}
	return rest
}

// built is an object that is being made.
type built struct {
	entries []strict.Entry
	kept    []contract.Value // its custom properties
}

// set gives a key its value, once more if it had one; an absent value is no value.
func (b *built) set(key string, v contract.Value) {
	if v.Kind == strict.Absent {
		return
	}
	for i := range b.entries {
		if b.entries[i].Key == key {
			b.entries[i].Value = v
			return
		}
	}
	if b.entries == nil {
		b.entries = make([]strict.Entry, 0, 8) // as many as most objects have
	}
	b.entries = append(b.entries, strict.Entry{Key: key, Value: v})
}

func (b *built) get(key string) contract.Value {
	return contract.Value{Kind: strict.Map, Entries: b.entries}.Get(key)
}

// keep makes a custom property of what ODCS has no place for.
func (b *built) keep(key string, v contract.Value) {
	if v.Kind != strict.Absent {
		b.kept = append(b.kept, mapOf("property", textOf(prefix+key), "value", v))
	}
}

// value is the object with its custom properties; absent if it is empty.
func (b *built) value() contract.Value {
	if len(b.kept) > 0 {
		b.set("customProperties", listOf(append(b.get("customProperties").Items, b.kept...)))
	}
	if len(b.entries) == 0 {
		return contract.Value{}
	}
	return contract.Value{Kind: strict.Map, Entries: b.entries}
}

// prefix is that of the custom properties that keep what ODCS has no place for.
const prefix = "dcs."

func textOf(s string) contract.Value {
	if s == "" {
		return contract.Value{}
	}
	return contract.Value{Kind: strict.Text, Text: s}
}

func intOf(n int) contract.Value {
	return contract.Value{Kind: strict.Integer, Text: strconv.Itoa(n)}
}

func numberOf(s string) contract.Value {
	if strings.ContainsAny(s, ".eE") {
		return contract.Value{Kind: strict.Decimal, Text: s}
	}
	return contract.Value{Kind: strict.Integer, Text: s}
}

func boolOf(b bool) contract.Value {
	return contract.Value{Kind: strict.Bool, Text: strconv.FormatBool(b)}
}

// listOf is a list; absent if it is empty.
func listOf(items []contract.Value) contract.Value {
	if len(items) == 0 {
		return contract.Value{}
	}
	return contract.Value{Kind: strict.List, Items: items}
}

// mapOf is an object of keys and values in turn; what is absent is left out.
func mapOf(keysAndValues ...any) contract.Value {
	b := built{}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		b.set(keysAndValues[i].(string), keysAndValues[i+1].(contract.Value))
	}
	return b.value()
}

func isText(v contract.Value) bool { return v.Kind == strict.Text && v.Text != "" }
func isBool(v contract.Value) bool { return v.Kind == strict.Bool }
func isMap(v contract.Value) bool  { return v.Kind == strict.Map }
func isList(v contract.Value) bool { return v.Kind == strict.List }
func isTrue(v contract.Value) bool { return v.Kind == strict.Bool && v.Text == "true" }

// flagOf is true or false, also as YAML 1.1 spells it, which to YAML 1.2 is text.
func flagOf(v contract.Value) contract.Value {
	switch text := strings.ToLower(v.Text); {
	case v.Kind == strict.Bool:
		return v
	case v.Kind == strict.Text && (text == "yes" || text == "y" || text == "on" || text == "true"):
		return boolOf(true)
	case v.Kind == strict.Text && (text == "no" || text == "n" || text == "off" || text == "false"):
		return boolOf(false)
	}
	return contract.Value{}
}

func isFlag(v contract.Value) bool { return flagOf(v).Kind == strict.Bool }

// isScalar: text, a number, true or false.
func isScalar(v contract.Value) bool {
	switch v.Kind {
	case strict.Text, strict.Integer, strict.Decimal, strict.Bool:
		return v.Text != ""
	}
	return false
}

// isNumber is a number that JSON has too: not 0x10, .inf or 1_000.
func isNumber(v contract.Value) bool { return v.IsNumber() && json.Valid([]byte(v.Text)) }

// isCount is a whole number from 0 that fits.
func isCount(v contract.Value) bool {
	return v.Kind == strict.Integer && countText.MatchString(v.Text)
}

var countText = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)

func isTexts(v contract.Value) bool {
	for _, item := range v.Items {
		if item.Kind != strict.Text {
			return false
		}
	}
	return v.Kind == strict.List
}

// isLinks is an object of names and addresses.
func isLinks(v contract.Value) bool {
	for _, e := range v.Entries {
		if !isURI(e.Value) || !modelName.MatchString(e.Key) {
			return false
		}
	}
	return v.Kind == strict.Map && len(v.Entries) > 0
}

// isURI is an address with a scheme.
func isURI(v contract.Value) bool {
	u, err := url.Parse(v.Text)
	return isText(v) && err == nil && u.IsAbs() && strings.Count(u.Host, ":") < 2
}

// isEmail is an address as the specification's schema takes it.
func isEmail(v contract.Value) bool {
	return isText(v) && len(v.Text) <= 254 && emailText.MatchString(v.Text)
}

var emailText = regexp.MustCompile(`^[A-Za-z0-9_%+-]{1,30}(\.[A-Za-z0-9_%+-]{1,30})?@([A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}$`)

// modelName is the specification's pattern of the names of models and links.
var modelName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// asText is a scalar as text: a version such as 1.0 is a number to YAML.
func asText(v contract.Value) contract.Value {
	if !isScalar(v) {
		return contract.Value{}
	}
	return textOf(v.Text)
}

// equal compares values, whatever their place.
func equal(a, b contract.Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Entries) != len(b.Entries) {
		return false
	}
	for i := range a.Items {
		if !equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, e := range a.Entries {
		if other := b.Get(e.Key); other.Kind == strict.Absent || !equal(e.Value, other) {
			return false
		}
	}
	return true
}
