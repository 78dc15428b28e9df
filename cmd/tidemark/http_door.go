package main

import (
	"crypto/tls"
	"net"

	"github.com/spf13/pflag"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// httpDoor is what flags say about where a server listens for HTTP, and what it shows strangers.
type httpDoor struct {
	address, certFile, keyFile string
	insecure                   bool
}

// flags declares the flags of a server: who listens, and what strangers show of themselves.
func (d *httpDoor) flags(f *pflag.FlagSet, who, shown string) {
	f.StringVar(&d.address, "listen-http", d.address, "where the "+who+" listens, `host:port`; port 0 takes a free one")
	f.StringVar(&d.certFile, "http-cert-file", "", "a PEM `file` with the certificate to serve HTTPS with")
	f.StringVar(&d.keyFile, "http-key-file", "", "the PEM `file` with its key")
	f.BoolVar(&d.insecure, "http-insecure", false, "do without TLS and "+shown+" on an address that others reach")
}

// tls is the certificate to serve with; nil serves plain HTTP.
func (d *httpDoor) tls() (*tls.Config, error) {
	if (d.certFile == "") != (d.keyFile == "") {
		return nil, usagef("--http-cert-file and --http-key-file belong together: give both or neither")
	}
	if d.certFile == "" {
		return nil, nil
	}
	config, err := security.Server(d.certFile, d.keyFile)
	if err != nil {
		return nil, usagef("--http-cert-file: %w", err)
	}
	return config, nil
}

// open tells whether only this machine reaches the address. It refuses to serve strangers without TLS, and without
// something by which they are known, unless told to; means are the settings that would give that.
func (d *httpDoor) open(encrypted, known bool, means string) (loopback bool, err error) {
	host, _, err := net.SplitHostPort(d.address)
	if err != nil {
		return false, usagef("--listen-http %s: give host:port, such as 127.0.0.1:8080", d.address)
	}
	loopback = security.Loopback(host)
	var missing string
	switch {
	case loopback || d.insecure:
		return loopback, nil
	case !encrypted:
		missing = "--http-cert-file and --http-key-file"
	case !known:
		missing = means
	default:
		return false, nil
	}
	return false, usagef("--listen-http %s is reached by others, so it needs %s; or listen on 127.0.0.1, or say --http-insecure", d.address, missing)
}
