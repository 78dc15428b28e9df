package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const defaultLevel = avro.Backward

const (
	modeReadWrite = "READWRITE"
	modeReadOnly  = "READONLY"
	modeImport    = "IMPORT"
)

// Reading gives and setting takes the level under different names: the API has it so.
type (
	levelAnswer struct {
		Level avro.Level `json:"compatibilityLevel"`
	}
	levelRequest struct {
		Level avro.Level `json:"compatibility"`
	}
	// configRequest has what is read to be refused.
	configRequest struct {
		levelRequest
		Alias            json.RawMessage `json:"alias"`
		Normalize        json.RawMessage `json:"normalize"`
		ValidateFields   json.RawMessage `json:"validateFields"`
		ValidateRules    json.RawMessage `json:"validateRules"`
		Group            json.RawMessage `json:"compatibilityGroup"`
		DefaultMetadata  json.RawMessage `json:"defaultMetadata"`
		OverrideMetadata json.RawMessage `json:"overrideMetadata"`
		DefaultRuleSet   json.RawMessage `json:"defaultRuleSet"`
		OverrideRuleSet  json.RawMessage `json:"overrideRuleSet"`
	}
	modeAnswer struct {
		Mode string `json:"mode"`
	}
)

// The handlers below serve the registry's own settings too, whose paths have no subject.

func (s *Server) getConfig(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.read(func(st *state) (any, error) {
		if name != "" && st.peek(name).level == "" && !flag(r, "defaultToGlobal") {
			return nil, levelNotSet(name)
		}
		return levelAnswer{st.levelOf(name)}, nil
	})
}

func (s *Server) putConfig(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	if err := checkTarget(r); err != nil {
		return nil, err
	}
	var q configRequest
	if err := body(r, &q); err != nil {
		return nil, err
	}
	for _, other := range []json.RawMessage{q.Alias, q.Normalize, q.ValidateFields, q.ValidateRules, q.Group,
		q.DefaultMetadata, q.OverrideMetadata, q.DefaultRuleSet, q.OverrideRuleSet} {
		if set(other) {
			return nil, unkeptConfig()
		}
	}
	level, err := avro.ParseLevel(string(q.Level))
	if err != nil {
		return nil, invalidLevel()
	}
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		if st.modeOf(name) == modeReadOnly {
			return nil, nil, readOnly(name)
		}
		return levelRequest{level}, []Record{settingRecord(kindConfig, name, string(level))}, nil
	})
}

// deleteConfig answers with the level that held before.
func (s *Server) deleteConfig(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		if name != "" && st.peek(name).level == "" {
			return nil, nil, levelNotSet(name)
		}
		if st.modeOf(name) == modeReadOnly {
			return nil, nil, readOnly(name)
		}
		return levelAnswer{st.levelOf(name)}, []Record{settingRecord(kindConfig, name, "")}, nil
	})
}

func (s *Server) getMode(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.read(func(st *state) (any, error) {
		if name != "" && st.peek(name).mode == "" && !flag(r, "defaultToGlobal") {
			return nil, modeNotSet(name)
		}
		return modeAnswer{st.modeOf(name)}, nil
	})
}

func (s *Server) putMode(r *http.Request) (any, error) {
	if err := checkTarget(r); err != nil {
		return nil, err
	}
	var q modeAnswer
	if err := body(r, &q); err != nil {
		return nil, err
	}
	q.Mode = strings.ToUpper(q.Mode)
	if q.Mode != modeReadWrite && q.Mode != modeReadOnly && q.Mode != modeImport {
		return nil, invalidMode()
	}
	name := r.PathValue("subject")
	return s.change(r.Context(), func(st *state) (_ any, records []Record, err error) {
		if q.Mode == modeImport && st.modeOf(name) != modeImport && !flag(r, "force") {
			if records, err = st.beginImport(name); err != nil {
				return nil, nil, err
			}
		}
		return q, append(records, settingRecord(kindMode, name, q.Mode)), nil
	})
}

// deleteMode answers with the mode that held before.
func (s *Server) deleteMode(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		if name != "" && st.peek(name).mode == "" {
			return nil, nil, modeNotSet(name)
		}
		return modeAnswer{st.modeOf(name)}, []Record{settingRecord(kindMode, name, "")}, nil
	})
}

// checkTarget refuses a bad subject where the path has one.
func checkTarget(r *http.Request) error {
	if name := r.PathValue("subject"); name != "" {
		return checkSubject(name)
	}
	return nil
}

// peek gives a subject's own settings without making the subject.
func (st *state) peek(name string) settings {
	if s := st.subjects[name]; s != nil {
		return s.settings
	}
	return settings{}
}
