// Package connect turns settings into connections: where the brokers and the registry are, how they are trusted, and who
// speaks. Each setting has one name, in every binary: --sasl-username is the flag, TIDEMARK_SASL_USERNAME the environment
// variable. Secrets have no flag, since command lines are seen by everybody: they stand in a file, which a setting names, or in
// the environment.
package connect

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// EnvPrefix begins the environment variable of every setting.
const EnvPrefix = "TIDEMARK_"

// Env is a setting's environment variable.
func Env(setting string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(setting, "-", "_"))
}

// Where the broker and the registry of `tidemark demo` are, unless told otherwise.
const (
	DefaultBrokers  = "127.0.0.1:9092"
	DefaultRegistry = "http://127.0.0.1:8081"
)

// Settings say how to reach a cluster. Lists are separated by commas. The zero value reaches nothing; see Fields.
type Settings struct {
	Brokers, Registry string

	TLS                                    string // "true" or "false"
	CAFile, CertFile, KeyFile, ServerName  string
	Mechanism                              string
	Username, PasswordFile                 string
	TokenURL, ClientID, ClientSecretFile   string
	Scopes                                 string
	RegistryUsername, RegistryPasswordFile string
	RegistryCAFile                         string
	RegistryCertFile, RegistryKeyFile      string
	SchemaCache                            string
}

// Field is one setting.
type Field struct {
	Name    string
	Usage   string // with the value's name in backquotes
	Default string
	Value   *string
}

// Fields are all settings, in the order in which help shows them.
func (s *Settings) Fields() []Field {
	return []Field{
		{"brokers", "Kafka brokers, `host:port,...`", DefaultBrokers, &s.Brokers},
		{"registry", "Schema Registry `URL,...`", DefaultRegistry, &s.Registry},
		{"tls", "encrypt the connection to the brokers: `true` or false", "false", &s.TLS},
		{"tls-ca-file", "a PEM `file` with the authorities that vouch for the brokers (default: the system's)", "", &s.CAFile},
		{"tls-cert-file", "a PEM `file` with this client's certificate, for mTLS", "", &s.CertFile},
		{"tls-key-file", "the PEM `file` with its key", "", &s.KeyFile},
		{"tls-server-name", "the `name` that the brokers' certificates are for (default: the host called)", "", &s.ServerName},
		{"sasl-mechanism", "how to log in to the brokers: `" + strings.Join(kafka.Mechanisms(), "|") + "`", "", &s.Mechanism},
		{"sasl-username", "the brokers' user `name`", "", &s.Username},
		{"sasl-password-file", "a `file` that holds the password; or the variable " + Env("sasl-password"), "", &s.PasswordFile},
		{"oauth-token-url", "where OAUTHBEARER gets tokens, by client credentials: a `URL`", "", &s.TokenURL},
		{"oauth-client-id", "the client's `id`", "", &s.ClientID},
		{"oauth-client-secret-file", "a `file` that holds the client's secret; or the variable " + Env("oauth-client-secret"), "", &s.ClientSecretFile},
		{"oauth-scopes", "the scopes to ask for, `scope,...`", "", &s.Scopes},
		{"registry-username", "the registry's user `name`", "", &s.RegistryUsername},
		{"registry-password-file", "a `file` that holds the password; or the variable " + Env("registry-password"), "", &s.RegistryPasswordFile},
		{"registry-ca-file", "a PEM `file` with the authorities that vouch for the registry (default: the system's)", "", &s.RegistryCAFile},
		{"registry-cert-file", "a PEM `file` with this client's certificate for the registry, for mTLS", "", &s.RegistryCertFile},
		{"registry-key-file", "the PEM `file` with its key", "", &s.RegistryKeyFile},
		{"schema-cache", "a `folder` that keeps schemas and their ids for a start while the registry is away", "", &s.SchemaCache},
	}
}

// A Lookup gives an environment variable, as os.LookupEnv does.
type Lookup func(name string) (string, bool)

// Kafka is how to reach the brokers. It fails where settings contradict each other or a secret cannot be read; the error
// names the setting.
func (s *Settings) Kafka(env Lookup, log *slog.Logger) (kafka.Config, error) {
	brokers, err := kafka.ParseBrokers(s.Brokers)
	if err != nil {
		return kafka.Config{}, fmt.Errorf("--brokers: %w", err)
	}
	cfg := kafka.Config{Brokers: brokers, Logger: log, Security: kafka.Security{
		Mechanism: strings.ToUpper(s.Mechanism), Username: s.Username, Password: Secret(env, s.PasswordFile, "sasl-password"),
		OAuth: kafka.OAuth{
			TokenURL: s.TokenURL, ClientID: s.ClientID, ClientSecret: Secret(env, s.ClientSecretFile, "oauth-client-secret"),
			Scopes: list(s.Scopes),
		},
	}}
	trust := security.TLS{CAFile: s.CAFile, CertFile: s.CertFile, KeyFile: s.KeyFile, ServerName: s.ServerName}
	switch {
	case s.TLS == "true":
		cfg.Security.TLS = &trust
	case s.TLS != "false" && s.TLS != "":
		return cfg, fmt.Errorf("--tls %s: say true or false", s.TLS)
	case !trust.IsZero():
		return cfg, fmt.Errorf("there are --tls-* settings, and --tls is not true")
	}
	if err := cfg.Security.Check(); err != nil {
		return cfg, err
	}
	return cfg, nil
}

// Schemas is how to reach the registry. It fails as Kafka does.
func (s *Settings) Schemas(env Lookup, log *slog.Logger) (registry.Config, error) {
	urls, err := registry.ParseURLs(s.Registry)
	if err != nil {
		return registry.Config{}, fmt.Errorf("--registry: %w", err)
	}
	cfg := registry.Config{
		URLs: urls, Username: s.RegistryUsername, Password: Secret(env, s.RegistryPasswordFile, "registry-password"),
		Snapshot: s.SchemaCache, Logger: log,
	}
	if trust := (security.TLS{CAFile: s.RegistryCAFile, CertFile: s.RegistryCertFile, KeyFile: s.RegistryKeyFile}); !trust.IsZero() {
		cfg.TLS = &trust
	}
	return cfg, nil
}

// Secret is what a file holds, else the environment variable of a setting; zero where there is neither.
func Secret(env Lookup, file, name string) security.Secret {
	if file != "" {
		return security.SecretFile(file)
	}
	if value, ok := env(Env(name)); ok && value != "" {
		return security.SecretValue(value)
	}
	return security.Secret{}
}

func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
