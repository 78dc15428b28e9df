package server

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// What a schema says besides its types. The registry keeps it and gives it back: tags and properties are read by people and
// tools, rules are run by the clients that write and read records.

// metadata describes a schema.
type metadata struct {
	Tags       map[string][]string `json:"tags,omitempty"` // path of a field -> tags
	Properties map[string]string   `json:"properties,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"` // properties that are not for every eye
}

// ruleSet is what clients do with records of a schema.
type ruleSet struct {
	MigrationRules []rule `json:"migrationRules,omitempty"`
	DomainRules    []rule `json:"domainRules,omitempty"`
	EncodingRules  []rule `json:"encodingRules,omitempty"`
	EnableAt       string `json:"enableAt,omitempty"`
}

type rule struct {
	Name      string            `json:"name"`
	Doc       string            `json:"doc,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Mode      string            `json:"mode,omitempty"`
	Type      string            `json:"type,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	Expr      string            `json:"expr,omitempty"`
	OnSuccess string            `json:"onSuccess,omitempty"`
	OnFailure string            `json:"onFailure,omitempty"`
	Disabled  bool              `json:"disabled,omitempty"`
}

var (
	ruleKinds      = []string{"", "TRANSFORM", "CONDITION"}
	migrationModes = []string{"UPGRADE", "DOWNGRADE", "UPDOWN"}
	domainModes    = []string{"", "WRITE", "READ", "WRITEREAD"}
)

// readMetadata checks metadata and brings it into one form; nil where a request has none.
func readMetadata(text json.RawMessage) (json.RawMessage, error) {
	if !set(text) {
		return nil, nil
	}
	var m metadata
	if err := strictly(text, &m); err != nil {
		return nil, invalidSchema("metadata: %v", err)
	}
	return orNone(mustMarshal(m)), nil
}

// readRules checks a rule set and brings it into one form; nil where a request has none.
func readRules(text json.RawMessage) (json.RawMessage, error) {
	if !set(text) {
		return nil, nil
	}
	var s ruleSet
	if err := strictly(text, &s); err != nil {
		return nil, invalidRules("%v", err)
	}
	names := make(map[string]bool)
	for _, list := range []struct {
		rules []rule
		modes []string
	}{{s.MigrationRules, migrationModes}, {s.DomainRules, domainModes}, {s.EncodingRules, domainModes}} {
		for _, r := range list.rules {
			switch {
			case r.Name == "":
				return nil, invalidRules("a rule has no name")
			case names[r.Name]:
				return nil, invalidRules("two rules have the name %q", r.Name)
			case !slices.Contains(ruleKinds, r.Kind):
				return nil, invalidRules("rule %q: kind %q is neither TRANSFORM nor CONDITION", r.Name, r.Kind)
			case !slices.Contains(list.modes, r.Mode):
				return nil, invalidRules("rule %q: mode %q does not go here; use one of %s", r.Name, r.Mode, strings.TrimSpace(strings.Join(list.modes, " ")))
			}
			names[r.Name] = true
		}
	}
	return orNone(mustMarshal(s)), nil
}

// orNone makes nothing of an object that says nothing.
func orNone(text json.RawMessage) json.RawMessage {
	if !set(text) {
		return nil
	}
	return text
}

// strictly reads a value whose fields are all known: one that is not kept must not seem to be.
func strictly(text json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// set says whether a field of a request holds anything.
func set(field json.RawMessage) bool {
	switch string(field) {
	case "", "null", "{}", "[]", "false", `""`:
		return false
	}
	return true
}

// canonical is a JSON text without white space and with keys in order, so that equal values have equal texts.
func canonical(text json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(text)
	}
	return string(mustMarshal(v))
}

// properties are metadata's; none where there are none that can be read.
func properties(text json.RawMessage) map[string]string {
	var m metadata
	if json.Unmarshal(text, &m) != nil {
		return nil
	}
	return m.Properties
}
