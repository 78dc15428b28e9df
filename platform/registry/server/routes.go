package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// maxBody bounds a request: a schema is text that people read.
const maxBody = 2 << 20

// routes are all that the registry answers.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /{$}":           func(*http.Request) (any, error) { return struct{}{}, nil },
		"GET /contexts":      func(*http.Request) (any, error) { return []string{"."}, nil }, // the default alone
		"GET /schemas/types": func(*http.Request) (any, error) { return []string{"AVRO"}, nil },
		"GET /schemas":       s.listSchemas,

		"GET /schemas/ids/{id}":          s.getSchema,
		"GET /schemas/ids/{id}/schema":   s.getSchemaText,
		"GET /schemas/ids/{id}/subjects": s.getSchemaSubjects,
		"GET /schemas/ids/{id}/versions": s.getSchemaVersions,

		"GET /subjects":                                             s.listSubjects,
		"POST /subjects/{subject}":                                  s.lookup,
		"DELETE /subjects/{subject}":                                s.deleteSubject,
		"GET /subjects/{subject}/metadata":                          s.getDescribed,
		"GET /subjects/{subject}/versions":                          s.listVersions,
		"POST /subjects/{subject}/versions":                         s.register,
		"GET /subjects/{subject}/versions/{version}":                s.getVersion,
		"GET /subjects/{subject}/versions/{version}/schema":         s.getVersionText,
		"GET /subjects/{subject}/versions/{version}/referencedby":   s.referencedBy,
		"DELETE /subjects/{subject}/versions/{version}":             s.deleteVersion,
		"POST /compatibility/subjects/{subject}/versions":           s.checkAll,
		"POST /compatibility/subjects/{subject}/versions/{version}": s.checkOne,

		"GET /config":              s.getConfig,
		"PUT /config":              s.putConfig,
		"DELETE /config":           s.deleteConfig,
		"GET /config/{subject}":    s.getConfig,
		"PUT /config/{subject}":    s.putConfig,
		"DELETE /config/{subject}": s.deleteConfig,
		"GET /mode":                s.getMode,
		"PUT /mode":                s.putMode,
		"DELETE /mode":             s.deleteMode,
		"GET /mode/{subject}":      s.getMode,
		"PUT /mode/{subject}":      s.putMode,
		"DELETE /mode/{subject}":   s.deleteMode,
	} {
		mux.Handle(pattern, h)
	}
	return mux
}

// ServeHTTP answers one request. Every answer that is not a success is JSON with an error_code.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") { // as the original does
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = strings.TrimSuffix(r.URL.Path, "/"), strings.TrimSuffix(r.URL.RawPath, "/")
	}
	h, _ := s.mux.Handler(r)
	if _, ours := h.(handler); !ours || r.RequestURI == "*" {
		s.unknown(w, r, h)
		return
	}
	given, err := negotiate(r)
	w.Header().Set("Content-Type", given)
	if err != nil {
		fail(w, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// unknown says in the API's own words what the mux says of a path or a method that it does not have.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request, said http.Handler) {
	seen := muted{http.Header{}}
	said.ServeHTTP(seen, r)
	if allow := seen.Header().Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		answer(w, http.StatusMethodNotAllowed, plain(http.StatusMethodNotAllowed))
		return
	}
	answer(w, http.StatusNotFound, plain(http.StatusNotFound))
}

// muted takes an answer's headers and drops the rest.
type muted struct{ header http.Header }

func (m muted) Header() http.Header         { return m.header }
func (m muted) Write(b []byte) (int, error) { return len(b), nil }
func (m muted) WriteHeader(int)             {}

// handler answers with a value or an error; errors that are not the API's own are the server's.
type handler func(*http.Request) (any, error)

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := checkContext(r.PathValue("subject")); err != nil {
		fail(w, err)
		return
	}
	v, err := h(r)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, v)
}

func fail(w http.ResponseWriter, err error) {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = failed(http.StatusInternalServerError, http.StatusInternalServerError, "%v", err)
	}
	answer(w, f.status, f)
}

func answer(w http.ResponseWriter, status int, v any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a client that hung up is not an error of ours
}

// body reads a JSON request.
func body(r *http.Request, into any) error {
	err := json.NewDecoder(r.Body).Decode(into)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return failed(http.StatusRequestEntityTooLarge, http.StatusRequestEntityTooLarge,
			"The request is larger than %d bytes", maxBody)
	}
	if err != nil {
		return badRequest("The request's body is not the JSON object that is expected: %v", err)
	}
	return nil
}

// NotReady answers for a registry that has not read its log yet.
func NotReady() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusServiceUnavailable, failed(http.StatusServiceUnavailable, 50001, "Error in the backend data store: the registry has not read it yet; try again"))
	})
}

// flag reads a query parameter that is true or false.
func flag(r *http.Request, name string) bool { return r.URL.Query().Get(name) == "true" }
