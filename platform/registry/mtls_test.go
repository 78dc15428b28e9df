package registry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// A registry that wants to see a certificate is shown one, and one renewed in place from then on.
func TestMutualTLS(t *testing.T) {
	dir := t.TempDir()
	ca, key := selfSigned(t, dir, "client")
	var seen atomic.Value
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.TLS.PeerCertificates[0].Subject.CommonName)
		_, _ = w.Write([]byte(answerInt))
	}))
	web.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	web.StartTLS()
	t.Cleanup(web.Close)
	trusted := filepath.Join(dir, "server.pem")
	writePEM(t, trusted, "CERTIFICATE", web.Certificate().Raw)

	c := configured(t, registry.Config{URLs: []string{web.URL}, TLS: &security.TLS{CAFile: trusted, CertFile: ca, KeyFile: key}})
	if _, err := c.Schema(t.Context(), 1); err != nil || seen.Load() != "client" {
		t.Fatalf("seen %q, %v", seen.Load(), err)
	}
	selfSigned(t, dir, "renewed")
	if err := os.Chtimes(filepath.Join(dir, "cert.pem"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	web.CloseClientConnections()
	c.Close()
	if _, err := c.Schema(t.Context(), 2); err != nil || seen.Load() != "renewed" {
		t.Errorf("seen %q, %v", seen.Load(), err)
	}
	if _, err := configured(t, registry.Config{URLs: []string{web.URL}, TLS: &security.TLS{CAFile: trusted}}).Schema(t.Context(), 1); err == nil {
		t.Error("a registry that wants a certificate answered without one")
	}
	if _, err := registry.New(registry.Config{URLs: []string{web.URL}, TLS: &security.TLS{CertFile: ca}}); err == nil {
		t.Error("a certificate without its key was taken")
	}
}

// selfSigned writes a certificate of name and its key.
func selfSigned(t *testing.T, dir, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePEM(t, certFile, "CERTIFICATE", cert)
	writePEM(t, keyFile, "PRIVATE KEY", secret)
	return certFile, keyFile
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
