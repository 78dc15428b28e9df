package connect_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// settings are the defaults with these in place.
func settings(t *testing.T, given map[string]string) *connect.Settings {
	t.Helper()
	s := &connect.Settings{}
	for _, f := range s.Fields() {
		*f.Value = f.Default
		if v, ok := given[f.Name]; ok {
			*f.Value = v
			delete(given, f.Name)
		}
	}
	if len(given) > 0 {
		t.Fatalf("there are no settings %v", given)
	}
	return s
}

func env(vars map[string]string) connect.Lookup {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestDefaultsReachTheDemo(t *testing.T) {
	s := settings(t, nil)
	k, err := s.Kafka(env(nil), nil)
	if err != nil || k.Brokers[0] != connect.DefaultBrokers || k.Security.TLS != nil || k.Security.Mechanism != "" {
		t.Errorf("%+v, %v", k, err)
	}
	r, err := s.Schemas(env(nil), nil)
	if err != nil || r.URLs[0] != connect.DefaultRegistry || r.TLS != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestSecretsComeFromFilesAndTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		given map[string]string
		want  string
	}{
		"file":           {map[string]string{"sasl-password-file": file, "registry-password-file": file}, "from the file"},
		"environment":    {nil, "from the environment"},
		"file beats env": {map[string]string{"sasl-password-file": file, "registry-password-file": file}, "from the file"},
	} {
		given := map[string]string{"sasl-mechanism": "scram-sha-512", "sasl-username": "me", "registry-username": "me"}
		for k, v := range c.given {
			given[k] = v
		}
		vars := env(map[string]string{"TIDEMARK_SASL_PASSWORD": "from the environment", "TIDEMARK_REGISTRY_PASSWORD": "from the environment"})
		s := settings(t, given)
		k, err := s.Kafka(vars, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := k.Security.Password.Read(); got != c.want || k.Security.Mechanism != kafka.ScramSHA512 {
			t.Errorf("%s: the brokers' password is %q by %s", name, got, k.Security.Mechanism)
		}
		r, err := s.Schemas(vars, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Password.Read(); got != c.want {
			t.Errorf("%s: the registry's password is %q", name, got)
		}
	}
}

func TestSettingsThatContradictEachOther(t *testing.T) {
	for name, given := range map[string]map[string]string{
		"user without mechanism":  {"sasl-username": "me"},
		"mechanism without user":  {"sasl-mechanism": "PLAIN"},
		"password without a file": {"sasl-mechanism": "PLAIN", "sasl-username": "me", "sasl-password-file": "/no/such/file"},
		"unknown mechanism":       {"sasl-mechanism": "GSSAPI"},
		"oauth without url":       {"sasl-mechanism": "OAUTHBEARER", "oauth-client-id": "me"},
		"tls files without tls":   {"tls-ca-file": "/ca.pem"},
		"tls neither true nor":    {"tls": "maybe"},
		"no such ca":              {"tls": "true", "tls-ca-file": "/no/such/ca.pem"},
		"a broker without a port": {"brokers": "kafka"},
	} {
		if _, err := settings(t, given).Kafka(env(nil), nil); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
