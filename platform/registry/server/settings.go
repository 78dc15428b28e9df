package server

import (
	"net/http"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const defaultLevel = avro.Backward

const (
	modeReadWrite = "READWRITE"
	modeReadOnly  = "READONLY"
)

// Reading gives and setting takes the level under different names: the API has it so.
type (
	levelAnswer struct {
		Level avro.Level `json:"compatibilityLevel"`
	}
	levelRequest struct {
		Level avro.Level `json:"compatibility"`
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
	var q levelRequest
	if err := body(r, &q); err != nil {
		return nil, err
	}
	level, err := avro.ParseLevel(string(q.Level))
	if err != nil {
		return nil, invalidLevel()
	}
	return s.change(r.Context(), func(st *state) (any, []record, error) {
		if st.modeOf(name) != modeReadWrite {
			return nil, nil, readOnly(name)
		}
		return levelRequest{level}, []record{settingRecord(kindConfig, name, string(level))}, nil
	})
}

// deleteConfig answers with the level that held before.
func (s *Server) deleteConfig(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.change(r.Context(), func(st *state) (any, []record, error) {
		if name != "" && st.peek(name).level == "" {
			return nil, nil, levelNotSet(name)
		}
		if st.modeOf(name) != modeReadWrite {
			return nil, nil, readOnly(name)
		}
		return levelAnswer{st.levelOf(name)}, []record{settingRecord(kindConfig, name, "")}, nil
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
	if q.Mode != modeReadWrite && q.Mode != modeReadOnly {
		return nil, invalidMode()
	}
	return s.change(r.Context(), func(*state) (any, []record, error) {
		return q, []record{settingRecord(kindMode, r.PathValue("subject"), q.Mode)}, nil
	})
}

// deleteMode answers with the mode that held before.
func (s *Server) deleteMode(r *http.Request) (any, error) {
	name := r.PathValue("subject")
	return s.change(r.Context(), func(st *state) (any, []record, error) {
		if st.peek(name).mode == "" {
			return nil, nil, modeNotSet(name)
		}
		return modeAnswer{st.modeOf(name)}, []record{settingRecord(kindMode, name, "")}, nil
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
