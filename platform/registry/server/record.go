package server

import (
	"encoding/json"
	"fmt"
)

// Kinds of records. All but kindMaxID are Confluent's.
const (
	kindSchema        = "SCHEMA"
	kindConfig        = "CONFIG"
	kindMode          = "MODE"
	kindDeleteSubject = "DELETE_SUBJECT"
	// kindMaxID keeps the highest id that was ever given, so that an id whose schema was deleted for good is
	// never given again: records on topics may still carry it.
	kindMaxID = "MAX_ID"
)

// Keys. Two records of one key must have the same bytes, or compaction keeps both: these structs are the only
// writers.
type (
	schemaKey struct {
		Kind    string `json:"keytype"`
		Subject string `json:"subject"`
		Version int    `json:"version"`
		Magic   int    `json:"magic"`
	}
	settingKey struct { // CONFIG, MODE, MAX_ID; a null subject is the registry itself
		Kind    string  `json:"keytype"`
		Subject *string `json:"subject"`
		Magic   int     `json:"magic"`
	}
)

// anyKey reads every kind of key.
type anyKey struct {
	Kind    string  `json:"keytype"`
	Subject *string `json:"subject"`
	Version int     `json:"version"`
}

// Values.
type (
	schemaValue struct {
		Subject    string          `json:"subject"`
		Version    int             `json:"version"`
		ID         int             `json:"id"`
		SchemaType string          `json:"schemaType,omitempty"`
		References []reference     `json:"references,omitempty"`
		Metadata   json.RawMessage `json:"metadata,omitempty"`
		RuleSet    json.RawMessage `json:"ruleSet,omitempty"`
		Schema     string          `json:"schema"`
		Deleted    bool            `json:"deleted"`
	}
	configValue struct {
		Level string `json:"compatibilityLevel"`
	}
	modeValue struct {
		Mode string `json:"mode"`
	}
	deleteSubjectValue struct {
		Subject string `json:"subject"`
		Version int    `json:"version"` // all versions up to this one
	}
	maxIDValue struct {
		ID int `json:"id"`
	}
)

func schemaRecord(subject string, v *version) Record {
	s := v.schema
	return entry(schemaKey{kindSchema, subject, v.number, 1}, schemaValue{
		Subject: subject, Version: v.number, ID: s.id, SchemaType: s.kind,
		References: s.references, Metadata: s.metadata, RuleSet: s.rules, Schema: s.text, Deleted: v.deleted,
	})
}

func purgeRecord(subject string, number int) Record {
	return entry(schemaKey{kindSchema, subject, number, 1}, nil)
}

// deleteSubjectRecord marks every version up to number as deleted; number 0 takes the mark's record away.
func deleteSubjectRecord(subject string, number int) Record {
	key := settingKey{kindDeleteSubject, &subject, 0}
	if number == 0 {
		return entry(key, nil)
	}
	return entry(key, deleteSubjectValue{subject, number})
}

// settingRecord sets a level or a mode; an empty value unsets it. An empty subject is the registry itself.
func settingRecord(kind, subject, value string) Record {
	key := settingKey{Kind: kind}
	if subject != "" {
		key.Subject = &subject
	}
	switch {
	case value == "":
		return entry(key, nil)
	case kind == kindConfig:
		return entry(key, configValue{value})
	default:
		return entry(key, modeValue{value})
	}
}

func maxIDRecord(id int) Record { return entry(settingKey{Kind: kindMaxID}, maxIDValue{id}) }

func entry(key, value any) Record {
	r := Record{Key: mustMarshal(key)}
	if value != nil {
		r.Value = mustMarshal(value)
	}
	return r
}

// mustMarshal is for this file's structs, which always have a JSON form.
func mustMarshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("registry log: %v", err))
	}
	return b
}
