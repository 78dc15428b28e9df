package security_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

func TestASecretShowsNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []security.Secret{security.SecretFile(file), security.SecretValue("canary")} {
		if got, err := s.Read(); got != "canary" || err != nil {
			t.Errorf("Read = %q, %v", got, err)
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("login", "password", s, "all", struct{ S security.Secret }{s})
		text, err := json.Marshal(map[string]any{"password": s})
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{
			fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v %#v", struct{ S security.Secret }{s}, &s),
			log.String(), string(text),
		} {
			if strings.Contains(shown, "canary") || strings.Contains(shown, "63616e617279") {
				t.Errorf("it shows: %s", shown)
			}
		}
	}
}

func TestASecretThatCannotBeRead(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, empty + ".missing"} {
		if _, err := security.SecretFile(file).Read(); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if !(security.Secret{}).IsZero() || security.SecretValue("x").IsZero() {
		t.Error("IsZero is wrong")
	}
}

// authority signs certificates.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, dir: t.TempDir(), key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.write("ca.pem", "CERTIFICATE", der)
	return a
}

func (a *authority) write(name, kind string, der []byte) string {
	a.t.Helper()
	file := filepath.Join(a.dir, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return file
}

// issue writes a certificate for 127.0.0.1 with this name, and its key.
func (a *authority) issue(file, name string, serial int64) (certFile, keyFile string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	keyFile = a.write(file+".key", "EC PRIVATE KEY", private)
	return a.write(file+".pem", "CERTIFICATE", der), keyFile
}

// greet is a server that says the name on its client's certificate.
func greet(t *testing.T, cfg *tls.Config) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				secured := conn.(*tls.Conn)
				if secured.Handshake() == nil && len(secured.ConnectionState().PeerCertificates) > 0 {
					fmt.Fprint(conn, secured.ConnectionState().PeerCertificates[0].Subject.CommonName)
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestCertificatesAreReadAgainWhenTheyChange(t *testing.T) {
	a := newAuthority(t)
	serverCert, serverKey := a.issue("server", "first server", 2)
	clientCert, clientKey := a.issue("client", "first client", 3)
	serverConfig, err := security.Server(serverCert, serverKey)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	serverConfig.ClientAuth, serverConfig.ClientCAs = tls.RequireAndVerifyClientCert, pool
	address := greet(t, serverConfig)
	config, err := security.TLS{CAFile: filepath.Join(a.dir, "ca.pem"), CertFile: clientCert, KeyFile: clientKey}.Client()
	if err != nil {
		t.Fatal(err)
	}
	dial := security.Dial((&net.Dialer{}).DialContext, config)
	meet := func() (server, client string) {
		conn, err := dial(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		said := make([]byte, 100)
		n, err := conn.Read(said)
		if err != nil {
			t.Fatal(err)
		}
		return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName, string(said[:n])
	}
	if server, client := meet(); server != "first server" || client != "first client" {
		t.Errorf("%s met %s", server, client)
	}
	a.issue("server", "the second server", 4)
	a.issue("client", "the second client", 5)
	if server, client := meet(); server != "the second server" || client != "the second client" {
		t.Errorf("after the change %s met %s", server, client)
	}
	if err := os.WriteFile(clientCert, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, client := meet(); client != "the second client" {
		t.Errorf("a file that cannot be read ended what worked: %s", client)
	}
}

func TestAServerThatNobodyVouchesForIsRefused(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	cfg, err := security.Server(stranger.issue("server", "stranger", 2))
	if err != nil {
		t.Fatal(err)
	}
	config, err := security.TLS{CAFile: filepath.Join(a.dir, "ca.pem")}.Client()
	if err != nil {
		t.Fatal(err)
	}
	address := greet(t, cfg)
	if _, err := security.Dial((&net.Dialer{}).DialContext, config)(context.Background(), "tcp", address); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("got %v", err)
	}
}

func TestTLSFaultsShowAtTheStart(t *testing.T) {
	a := newAuthority(t)
	cert, _ := a.issue("one", "one", 2)
	_, key := a.issue("two", "two", 3)
	for name, c := range map[string]security.TLS{
		"no key": {CertFile: cert}, "another's key": {CertFile: cert, KeyFile: key}, "no such file": {CAFile: a.dir + "/none"}, "no certificate": {CAFile: key},
	} {
		if _, err := c.Client(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example": false, "127.0.0.1.example": false, "127.0.0.1:80": false,
	} {
		if got := security.Loopback(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}

func TestLoopbackHost(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:8081": true, "localhost.:8081": true, "127.0.0.1": true, "127.0.0.1:8081": true, "[::1]:8081": true, "[::1]": true,
		"": false, "registry.example": false, "registry.example:8081": false, "localhost.example": false, "0.0.0.0:8081": false, "10.0.0.1": false,
	} {
		if got := security.LoopbackHost(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}
