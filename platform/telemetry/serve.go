package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a process's own HTTP server: who asks it is near.
const (
	serveTimeout = 10 * time.Second
	serveHeaders = 16 << 10
)

// Serve answers on an address, host:port, until stop is called, which gives requests under way grace to end and then returns. It
// logs where it listens, with what is served there, and gives it as at; port 0 takes a free one. Without an address it does
// nothing, and stop may be called all the same. Its error names the flag --http.
func Serve(address, what string, handler http.Handler, grace time.Duration, log *slog.Logger) (at string, stop func(), err error) {
	if address == "" {
		return "", func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("--http: cannot listen on %s: %w; choose another address, port 0 takes a free one", address, err)
	}
	at = listener.Addr().String()
	server := &http.Server{Handler: handler, ReadTimeout: serveTimeout, WriteTimeout: serveTimeout, IdleTimeout: time.Minute, MaxHeaderBytes: serveHeaders}
	log.Info(what+" over HTTP", "url", "http://"+at)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("health over HTTP ended", "reason", err)
		}
	}()
	return at, func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-done
	}, nil
}
