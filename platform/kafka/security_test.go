package kafka_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// secured is a broker that speaks TLS and wants a password, and what trusts it.
func secured(t *testing.T, mechanism string) (brokers []string, trust *security.TLS) {
	t.Helper()
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	t.Cleanup(web.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser(mechanism, "me", "canary"),
		kfake.TLS(&tls.Config{Certificates: web.TLS.Certificates}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs(), &security.TLS{CAFile: ca}
}

func ping(t *testing.T, cfg kafka.Config) error {
	t.Helper()
	a, err := kafka.NewAdmin(cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return a.Ping(ctx)
}

func TestLoginOverTLS(t *testing.T) {
	for _, mechanism := range []string{kafka.ScramSHA512, kafka.ScramSHA256, kafka.Plain} {
		brokers, trust := secured(t, mechanism)
		cfg := kafka.Config{Brokers: brokers, Security: kafka.Security{
			TLS: trust, Mechanism: mechanism, Username: "me", Password: security.SecretValue("canary"),
		}}
		if err := ping(t, cfg); err != nil {
			t.Errorf("%s: %v", mechanism, err)
		}
		cfg.Security.Password = security.SecretValue("wrong-canary")
		if err := ping(t, cfg); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: a wrong password gives %v", mechanism, err)
		}
	}
}

func TestABrokerThatNobodyVouchesForIsRefused(t *testing.T) {
	brokers, _ := secured(t, kafka.Plain)
	err := ping(t, kafka.Config{Brokers: brokers, Security: kafka.Security{
		TLS: &security.TLS{}, Mechanism: kafka.Plain, Username: "me", Password: security.SecretValue("canary"),
	}})
	if err == nil {
		t.Error("it was trusted")
	}
}

// The embedded broker knows no OAUTHBEARER, so this looks at what asks for a token: that the secret is read when it is
// needed, and that a refusal does not repeat it.
func TestTokensAreAskedForByClientCredentials(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if r.FormValue("grant_type") != "client_credentials" || id != "me" || secret != "canary" || r.FormValue("scope") != "kafka data" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client", "error_description": "not canary"})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "token", "token_type": "bearer", "expires_in": 3600})
	}))
	t.Cleanup(web.Close)
	o := kafka.OAuth{TokenURL: web.URL, ClientID: "me", ClientSecret: security.SecretValue("canary"), Scopes: []string{"kafka", "data"}}
	for range 2 {
		if token, err := o.Token(); token != "token" || err != nil {
			t.Fatalf("%q, %v", token, err)
		}
	}
	o.ClientSecret = security.SecretValue("another")
	if _, err := o.Token(); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("a refusal says %v", err)
	}
}
