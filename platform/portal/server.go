package portal

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/security"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

// Mesh is what the portal asks; *mesh.Mesh is one. Every method answers from memory, at once, with copies.
type Mesh interface {
	CaughtUp() bool
	Skipped() int64 // control events that could not be decoded
	DataProducts() []mesh.DataProduct
	DataProduct(id string) (mesh.DataProduct, bool)
	Ports() []mesh.Port
	Port(id string) (mesh.Port, bool)
	Contracts() []mesh.Contract
	Contract(id string) (mesh.Contract, bool)
	Instances() []mesh.Instance
	Breaches() []mesh.Breach
	Search(query string, limit int) []mesh.Hit
}

// Options are what a Server needs. Mesh is required.
type Options struct {
	Mesh Mesh
	// DeadLetters lists rejected records; nil answers that they cannot be listed here.
	DeadLetters DeadLetters
	// Publisher takes what is published over HTTP; nil answers that nothing is taken.
	Publisher Publisher
	// Checks decide /readyz, in the order in which ?verbose shows them. Default: the fold has caught up.
	Checks []telemetry.Check
	// Metrics is what /metrics gathers; New adds the mesh's metrics to it. Default telemetry.NewRegistry(Version).
	Metrics *prometheus.Registry
	// Version of the binary, shown and exported.
	Version string
	// Brokers and Registry, comma-separated, are shown in what a page says about consuming a port; a user and a
	// password in Registry's URLs are not.
	Brokers, Registry string
	// Token is what requests must show, but for /livez and /readyz; the zero value lets everybody in.
	Token security.Secret
	// TLS is the certificate to serve with; nil serves plain HTTP.
	TLS *tls.Config
	// Local answers only requests to a loopback name, since nothing else keeps strangers' pages out.
	Local bool
	// Clock tells the time; default time.Now.
	Clock func() time.Time
	// Logger hears of requests that failed; default discards.
	Logger *slog.Logger
}

// Limits of a connection. A client that is slower than these is cut off, so that it costs little.
const (
	readTimeout     = 10 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	maxHeader       = 16 << 10
	shutdownTimeout = 5 * time.Second
)

// Server answers the platform's HTTP requests.
type Server struct {
	Options
	contracts contractCache
	listings  chan struct{} // a place for each listing of dead letters that is under way
	css, js   asset
	handler   http.Handler
}

// New makes a server. It fails when Mesh is missing or when Metrics holds the mesh's metrics already.
func New(o Options) (*Server, error) {
	if o.Mesh == nil {
		return nil, errors.New("portal: Options.Mesh is missing")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = telemetry.NewRegistry(o.Version)
	}
	if o.Checks == nil {
		o.Checks = []telemetry.Check{FoldCheck(o.Mesh)}
	}
	o.Registry = withoutUser(o.Registry)
	s := &Server{Options: o, listings: make(chan struct{}, maxListings)}
	var err error
	if s.css, err = loadAsset("portal.css", "text/css; charset=utf-8"); err != nil {
		return nil, err
	}
	if s.js, err = loadAsset("portal.js", "text/javascript; charset=utf-8"); err != nil {
		return nil, err
	}
	if err := o.Metrics.Register(&collector{o.Mesh, o.Clock}); err != nil {
		return nil, err
	}
	s.handler = secure(s.localOnly(s.limit(s.admit(http.NewCrossOriginProtection().Handler(s.routes())))), o.Logger)
	return s, nil
}

// FoldCheck holds once m has read every control event that was there when it began.
func FoldCheck(m interface{ CaughtUp() bool }) telemetry.Check {
	return telemetry.Check{Name: "fold", Run: func(context.Context) error {
		if !m.CaughtUp() {
			return errors.New("the control topics are still being read")
		}
		return nil
	}}
}

// Handler is the whole server for a listener of somebody else's. Serve has timeouts besides.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve answers on ln until ctx ends, then lets requests that are under way finish, for at most 5 s. It closes ln.
// It returns nil after ctx ended.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	hs := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug), // what clients do wrong is theirs
	}
	done := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		err := hs.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			err = hs.Close()
		}
		done <- err
	})
	if s.TLS != nil {
		ln = tls.NewListener(ln, s.TLS)
	}
	err := hs.Serve(ln)
	if stop() { // it ended by itself, not because of ctx
		return err
	}
	return <-done
}
