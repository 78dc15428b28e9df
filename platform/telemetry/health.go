package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// checkTimeout bounds one readiness check: a probe that hangs is a probe that failed.
const checkTimeout = 2 * time.Second

// Check is one thing that must hold before a process is ready. Run returns nil when it holds; it must heed its
// context, which ends after 2 s, and may be called from several goroutines at once. Its error is shown to whoever
// asks, so it holds no secrets.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// Livez says that the process serves.
func Livez() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "ok\n")
	})
}

// Readyz runs the checks side by side: 200 when all pass, 503 when one does not. With ?verbose, or when one
// fails, it lists each check in the given order, as Kubernetes' components do.
func Readyz(checks ...Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		errs := RunChecks(r.Context(), checks)
		status, last := http.StatusOK, "readyz check passed\n"
		if errors.Join(errs...) != nil {
			status, last = http.StatusServiceUnavailable, "readyz check failed\n"
		}
		if !r.URL.Query().Has("verbose") && status == http.StatusOK {
			answer(w, status, "ok\n")
			return
		}
		var b strings.Builder
		for i, c := range checks {
			if errs[i] == nil {
				fmt.Fprintf(&b, "[+]%s ok\n", c.Name)
			} else {
				fmt.Fprintf(&b, "[-]%s failed: %v\n", c.Name, errs[i])
			}
		}
		answer(w, status, b.String()+last)
	})
}

// RunChecks runs the checks side by side and gives one error, or nil, for each. It returns when the slowest is
// done, at most about 2 s later.
func RunChecks(ctx context.Context, checks []Check) []error {
	errs := make([]error, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { errs[i] = runCheck(ctx, c) })
	}
	wg.Wait()
	return errs
}

func runCheck(ctx context.Context, c Check) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	done := make(chan error, 1) // buffered: a check that ignores its context must not keep us, nor leak for ever
	go func() { done <- c.Run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %s", checkTimeout)
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the prober may have gone; nobody is left to tell
}

// Routes puts /livez, /readyz, /healthz and /metrics on mux.
func Routes(mux *http.ServeMux, metrics http.Handler, checks ...Check) {
	ready := Readyz(checks...)
	mux.Handle("GET /livez", Livez())
	mux.Handle("GET /readyz", ready)
	mux.Handle("GET /healthz", ready)
	mux.Handle("GET /metrics", metrics)
}
