package portal

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

const (
	// maxBody bounds a request's body, but for publications; nothing else here reads one.
	maxBody = 4 << 10
	// maxInFlight bounds how many requests are answered at once. An answer is at most some megabytes, so that the
	// process's memory stays bounded whoever asks how often.
	maxInFlight = 128
)

// contentSecurityPolicy lets a page load our own stylesheet and script and nothing else, run nothing inline, and be
// framed by nobody: a script that a contract's text smuggled in would not run even if escaping failed.
const contentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// strictTransport keeps a browser that was here once from coming back without TLS, for a year.
const strictTransport = "max-age=31536000"

// secure puts headers and limits around every answer. There is no CORS: a script of another origin reads nothing.
func secure(next http.Handler, log *slog.Logger) http.Handler {
	slots := make(chan struct{}, maxInFlight)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-cache")
		if r.TLS != nil { // over plain HTTP browsers must not heed it, and anybody could have set it
			h.Set("Strict-Transport-Security", strictTransport)
		}

		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			h.Set("Retry-After", "1")
			http.Error(w, "the platform answers as many requests as it can; try again in a second", http.StatusServiceUnavailable)
			return
		}
		limit := int64(maxBody)
		if r.Method == http.MethodPost && r.URL.Path == api.Prefix+publications {
			limit = maxPublication
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		defer func() {
			if cause := recover(); cause != nil && cause != any(http.ErrAbortHandler) {
				log.ErrorContext(r.Context(), "a request failed", "method", r.Method, "path", r.URL.Path,
					"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
				http.Error(w, "the platform failed to answer; its log says why", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
