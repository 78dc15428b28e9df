package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// TLS says how a client trusts a server and shows who it is itself. The zero value trusts the system's authorities and shows
// nothing. Files are PEM and are read again when they change, so that certificates can be renewed in place.
type TLS struct {
	CAFile     string // the authorities that may vouch for the server; "" is the system's
	CertFile   string // the client's certificate with its chain, for mTLS
	KeyFile    string // the certificate's key; both or neither
	ServerName string // what the server's certificate must be for; "" is the host that is called
}

// IsZero tells that nothing is said.
func (t TLS) IsZero() bool { return t == TLS{} }

// Client makes what gives a client's configuration for the next connection. It fails at once where a file cannot be
// read, so that a mistake shows at the start; later the newest files that can be read are used.
func (t TLS) Client() (func() (*tls.Config, error), error) {
	if (t.CertFile == "") != (t.KeyFile == "") {
		return nil, errors.New("tls: a certificate needs its key, and a key its certificate: give both files or neither")
	}
	l := &loader[*tls.Config]{files: present(t.CAFile, t.CertFile, t.KeyFile), load: t.config}
	if _, err := l.get(); err != nil {
		return nil, err
	}
	return l.get, nil
}

func (t TLS) config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls: %s holds no certificate in PEM", t.CAFile)
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("tls: %s with %s: %w", t.CertFile, t.KeyFile, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}

// Server makes the configuration of a server with a certificate and its key. They are read again when they change.
func Server(certFile, keyFile string) (*tls.Config, error) {
	l := &loader[*tls.Certificate]{files: []string{certFile, keyFile}, load: func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("tls: %s with %s: %w", certFile, keyFile, err)
		}
		return &pair, nil
	}}
	if _, err := l.get(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return l.get() },
	}, nil
}

// loader holds what files say, and reads them again when one of them changed.
type loader[T any] struct {
	files []string
	load  func() (T, error)

	mu     sync.Mutex
	seen   []fileState
	loaded bool
	value  T
}

// fileState tells whether a file is still the one that was read.
type fileState struct {
	size     int64
	modified time.Time
}

// get is the value of the files as they are; of the files as they were where they cannot be read just now, since a
// certificate may be half replaced.
func (l *loader[T]) get() (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := make([]fileState, len(l.files))
	for i, file := range l.files {
		if info, err := os.Stat(file); err == nil {
			seen[i] = fileState{info.Size(), info.ModTime()}
		}
	}
	if l.loaded && equal(seen, l.seen) {
		return l.value, nil
	}
	value, err := l.load()
	switch {
	case err == nil:
		l.value, l.seen, l.loaded = value, seen, true
	case !l.loaded:
		return value, err
	}
	return l.value, nil
}

func equal(a, b []fileState) bool {
	for i := range a {
		if a[i].size != b[i].size || !a[i].modified.Equal(b[i].modified) {
			return false
		}
	}
	return true
}

func present(files ...string) []string {
	var named []string
	for _, f := range files {
		if f != "" {
			named = append(named, f)
		}
	}
	return named
}
