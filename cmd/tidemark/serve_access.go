package main

import (
	"crypto/tls"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// httpAccess is who reaches the platform over HTTP, and how.
type httpAccess struct {
	token security.Secret
	tls   *tls.Config // nil for plain HTTP
	local bool        // this machine only
}

func scheme(tls *tls.Config) string {
	if tls != nil {
		return "https"
	}
	return "http"
}

// access refuses to serve strangers without TLS and a token, unless told to.
func (s *settings) access(door httpDoor, tokenFile string) (a httpAccess, err error) {
	a.token = connect.Secret(s.process.env, tokenFile, "http-token")
	if _, err := a.token.Read(); err != nil {
		return a, usagef("--http-token-file: %w", err)
	}
	if a.tls, err = door.tls(); err != nil {
		return a, err
	}
	loopback, err := door.open(a.tls != nil, !a.token.IsZero(), "--http-token-file or "+envName("http-token"))
	a.local = loopback && a.token.IsZero()
	return a, err
}
