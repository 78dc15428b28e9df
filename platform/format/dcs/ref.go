package dcs

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// resolve gives a field with what its $ref says below its own keys. A reference out of the file is kept and not followed.
func (i *importer) resolve(v contract.Value) (contract.Value, bool) {
	whole := v
	seen := map[string]bool{}
	for at := v; ; {
		ref := at.Get("$ref")
		if ref.Kind == strict.Absent {
			return whole, true
		}
		path, local := strings.CutPrefix(ref.Text, "#/definitions/")
		if !isText(ref) || !local {
			i.at(contract.SeverityWarning, RuleRef, ref, "$ref %s leads out of the definitions of this file, and is not followed: copy the definition into the file", strict.Quote(ref.Text))
			return whole, true
		}
		if seen[ref.Text] {
			i.at(contract.SeverityError, RuleRef, ref, "$ref %s leads in a circle", strict.Quote(ref.Text))
			return whole, false
		}
		seen[ref.Text] = true
		definition := i.definition(path)
		if !isMap(definition) {
			i.at(contract.SeverityError, RuleRef, ref, "$ref %s leads nowhere: there is no such definition", strict.Quote(ref.Text))
			return whole, false
		}
		if i.copied += size(definition, maxCopied-i.copied); i.copied >= maxCopied {
			i.at(contract.SeverityError, RuleLimit, ref, "the definitions that $ref repeats are larger than %d bytes together", maxCopied)
			return whole, false
		}
		whole = below(whole, definition)
		at = definition
	}
}

// definition finds one by its path: a name, which may hold slashes, or the way to a field of one.
func (i *importer) definition(path string) contract.Value {
	definitions := i.source.Get("definitions")
	if v := definitions.Get(path); v.Kind != strict.Absent {
		return v
	}
	at := definitions
	for step := range strings.SplitSeq(path, "/") {
		at = at.Get(strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return at
}

// below gives an object with the keys of a definition that it does not have itself. What a definition is called is not
// what the field is called.
func below(v, definition contract.Value) contract.Value {
	merged := v
	merged.Entries = append([]strict.Entry(nil), v.Entries...)
	for _, e := range definition.Entries {
		switch e.Key {
		case "name", "domain", "$ref":
			continue
		}
		if merged.Get(e.Key).Kind == strict.Absent {
			merged.Entries = append(merged.Entries, e)
		}
	}
	return merged
}

// size is about how many bytes a value is written in, counted up to a limit.
func size(v contract.Value, limit int) int {
	n := len(v.Text) + 8
	for _, item := range v.Items {
		if n >= limit {
			return n
		}
		n += size(item, limit-n)
	}
	for _, e := range v.Entries {
		if n >= limit {
			return n
		}
		n += len(e.Key) + size(e.Value, limit-n)
	}
	return n
}
