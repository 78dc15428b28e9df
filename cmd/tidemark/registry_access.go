package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// registryDoor is what flags say about who gets into the registry.
type registryDoor struct {
	httpDoor
	clientCAFile, usersFile string
}

// registryAccess is who reaches the registry, and how.
type registryAccess struct {
	tls   *tls.Config                     // nil for plain HTTP
	guard func(http.Handler) http.Handler // lets through who may call; nil lets everybody
}

// registryAccess refuses to serve strangers without TLS and something that tells who they are, unless told to.
func (s *settings) registryAccess(door registryDoor) (a registryAccess, err error) {
	if a.tls, err = door.tls(); err != nil {
		return a, err
	}
	if door.clientCAFile != "" {
		if a.tls == nil {
			return a, usagef("--http-client-ca-file needs --http-cert-file and --http-key-file: clients show certificates over TLS only")
		}
		pem, err := os.ReadFile(door.clientCAFile)
		if err != nil {
			return a, usagef("--http-client-ca-file: %w", err)
		}
		a.tls.ClientCAs, a.tls.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
		if !a.tls.ClientCAs.AppendCertsFromPEM(pem) {
			return a, usagef("--http-client-ca-file: %s holds no certificate in PEM", door.clientCAFile)
		}
	}
	if list := connect.Secret(s.process.env, door.usersFile, "http-users"); !list.IsZero() {
		users, err := server.ReadUsers(list)
		if err != nil {
			return a, usagef("--http-users-file: %w", err)
		}
		a.guard = users.Guard
	}
	known := a.guard != nil || door.clientCAFile != ""
	loopback, err := door.open(a.tls != nil, known, "--http-users-file, "+envName("http-users")+" or --http-client-ca-file")
	if loopback && !known {
		a.guard = server.LocalOnly
	}
	return a, err
}
