package portal

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// open are the paths that need no token: what watches the process has none, and they tell nothing about the mesh.
func open(path string) bool { return path == "/livez" || path == "/readyz" || path == "/healthz" }

// admit lets in who shows the token, as a bearer token or, for browsers, as the password of any user. The token is read at
// each request, so that it can be replaced; while it cannot be read nobody gets in.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Token.IsZero() || open(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		token, err := s.Token.Read()
		if err != nil {
			s.Logger.ErrorContext(r.Context(), "the token cannot be read; nobody is let in", "error", err)
		}
		if err != nil || !equal(shown(r), token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="tidemark", charset="UTF-8"`)
			writeProblem(w, http.StatusUnauthorized, "this platform wants its token: Authorization: Bearer TOKEN, or as the password of any user")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// shown is the token of a request; "" if there is none.
func shown(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	_, password, _ := r.BasicAuth()
	return password
}

// equal takes the same time wherever the texts differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// localOnly refuses requests that came to this machine under another name: without a token, loopback is what keeps
// strangers out, and a web page whose name was made to point here would get past it.
func (s *Server) localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Local && !security.LoopbackHost(r.Host) {
			writeProblem(w, http.StatusMisdirectedRequest, "this platform answers on loopback only, as localhost or 127.0.0.1")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Rates of one client's requests, and of how many clients it is remembered.
const (
	requestsPerSecond = 50
	requestsAtOnce    = 200
	maxClients        = 4096
)

// throttle bounds how often one client may ask, by its address.
type throttle struct {
	mu      sync.Mutex
	clients map[string]*rate.Limiter
}

func (t *throttle) allows(r *http.Request, now time.Time) bool {
	client, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		client = r.RemoteAddr
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.clients[client]
	if limiter == nil {
		if len(t.clients) >= maxClients {
			t.clients = nil // each has its burst again, which costs less than to keep order
		}
		if t.clients == nil {
			t.clients = make(map[string]*rate.Limiter)
		}
		limiter = rate.NewLimiter(requestsPerSecond, requestsAtOnce)
		t.clients[client] = limiter
	}
	return limiter.AllowN(now, 1)
}

// limit answers 429 to who asks too often.
func (s *Server) limit(next http.Handler) http.Handler {
	var t throttle
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !open(r.URL.Path) && !t.allows(r, s.Clock()) {
			w.Header().Set("Retry-After", "1")
			writeProblem(w, http.StatusTooManyRequests, "too many requests from one address; ask more slowly")
			return
		}
		next.ServeHTTP(w, r)
	})
}
