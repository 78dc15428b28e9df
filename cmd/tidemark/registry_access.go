package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// registryDoor is what flags say about who gets into the registry.
type registryDoor struct {
	certFile, keyFile, clientCAFile, usersFile string
	insecure                                   bool
}

// registryAccess is who reaches the registry, and how.
type registryAccess struct {
	tls   *tls.Config                     // nil for plain HTTP
	guard func(http.Handler) http.Handler // lets users through; nil lets everybody
}

func (a registryAccess) scheme() string { return httpAccess{tls: a.tls}.scheme() }

// registryAccess refuses to serve strangers without TLS and something that tells who they are, unless told to.
func (s *settings) registryAccess(address string, door registryDoor) (a registryAccess, err error) {
	if (door.certFile == "") != (door.keyFile == "") {
		return a, usagef("--http-cert-file and --http-key-file belong together: give both or neither")
	}
	if door.certFile != "" {
		if a.tls, err = security.Server(door.certFile, door.keyFile); err != nil {
			return a, usagef("--http-cert-file: %w", err)
		}
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
	if list := s.registryUsers(door.usersFile); !list.IsZero() {
		users, err := server.ReadUsers(list)
		if err != nil {
			return a, usagef("--http-users-file: %w", err)
		}
		a.guard = users.Guard
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return a, usagef("--listen-http %s: give host:port, such as 127.0.0.1:8081", address)
	}
	ip := net.ParseIP(host)
	switch {
	case host == "localhost" || ip != nil && ip.IsLoopback() || door.insecure:
	case a.tls == nil:
		return a, usagef("--listen-http %s is reached by others, so it needs --http-cert-file and --http-key-file; or listen on 127.0.0.1, or say --http-insecure", address)
	case a.guard == nil && door.clientCAFile == "":
		return a, usagef("--listen-http %s is reached by others, so it needs --http-users-file, %s or --http-client-ca-file; or listen on 127.0.0.1, or say --http-insecure", address, envName("http-users"))
	}
	return a, nil
}

// registryUsers is what a file holds, else the environment.
func (s *settings) registryUsers(file string) security.Secret {
	if file != "" {
		return security.SecretFile(file)
	}
	if value, ok := s.process.env(envName("http-users")); ok && value != "" {
		return security.SecretValue(value)
	}
	return security.Secret{}
}
