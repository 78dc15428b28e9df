package main

import (
	"crypto/tls"
	"net"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// httpAccess is who reaches the platform over HTTP, and how.
type httpAccess struct {
	token security.Secret
	tls   *tls.Config // nil for plain HTTP
	local bool        // this machine only
}

func (a httpAccess) scheme() string {
	if a.tls != nil {
		return "https"
	}
	return "http"
}

// access refuses to serve strangers without TLS and a token, unless told to.
func (s *settings) access(address, certFile, keyFile, tokenFile string, insecure bool) (a httpAccess, err error) {
	if a.token, err = s.httpToken(tokenFile); err != nil {
		return a, err
	}
	if (certFile == "") != (keyFile == "") {
		return a, usagef("--http-cert-file and --http-key-file belong together: give both or neither")
	}
	if certFile != "" {
		if a.tls, err = security.Server(certFile, keyFile); err != nil {
			return a, usagef("--http-cert-file: %w", err)
		}
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return a, usagef("--listen-http %s: give host:port, such as 127.0.0.1:8080", address)
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	a.local = loopback && a.token.IsZero()
	switch {
	case loopback || insecure:
	case a.tls == nil:
		return a, usagef("--listen-http %s is reached by others, so it needs --http-cert-file and --http-key-file; or listen on 127.0.0.1, or say --http-insecure", address)
	case a.token.IsZero():
		return a, usagef("--listen-http %s is reached by others, so it needs --http-token-file or %s; or listen on 127.0.0.1, or say --http-insecure", address, envName("http-token"))
	}
	return a, nil
}

// httpToken is what a file holds, else the environment.
func (s *settings) httpToken(file string) (security.Secret, error) {
	token := security.Secret{}
	if file != "" {
		token = security.SecretFile(file)
	} else if value, ok := s.process.env(envName("http-token")); ok && value != "" {
		token = security.SecretValue(value)
	}
	if _, err := token.Read(); err != nil {
		return token, usagef("--http-token-file: %w", err)
	}
	return token, nil
}
