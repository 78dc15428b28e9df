//go:build integration

package kafkatest

import (
	"fmt"
	"os"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// On is the environment variable that says which of the clusters tests get: One, which is the default, Three or Secure.
const On = "TIDEMARK_TEST_ON"

// The clusters that the environment names, see integration/README.md.
const (
	One    = "one"    // of one node
	Three  = "three"  // of three
	Secure = "secure" // of one node that knows its clients: SASL, TLS, and nobody may do what no ACL allows
)

// Variables are the environment variables that a cluster needs; nil if there is no such cluster.
func Variables(cluster string) []string {
	const at = "TIDEMARK_TEST_KAFKA"
	switch cluster {
	case One:
		return []string{Brokers}
	case Three:
		return []string{at + "_THREE"}
	case Secure:
		return []string{at + "_SECURE", at + "_CA", at + "_USER", at + "_PASSWORD"}
	}
	return nil
}

// Configured is how a cluster is reached, the secure one as its administrator. An error names the variable that is missing.
func Configured(cluster string) (cfg kafka.Config, err error) {
	names := Variables(cluster)
	if names == nil {
		return cfg, fmt.Errorf("%s=%s: use %s, %s or %s", On, cluster, One, Three, Secure)
	}
	values := make([]string, len(names))
	for i, name := range names {
		if values[i] = os.Getenv(name); values[i] == "" {
			return cfg, fmt.Errorf("no Kafka to test on: set %s, for a cluster that is for tests, or run make integration", name)
		}
	}
	if cfg.Brokers, err = kafka.ParseBrokers(values[0]); err != nil {
		return cfg, fmt.Errorf("%s: %w", names[0], err)
	}
	if cluster == Secure {
		cfg.Security = kafka.Security{TLS: &security.TLS{CAFile: values[1]}, Mechanism: os.Getenv("TIDEMARK_TEST_KAFKA_MECHANISM"),
			Username: values[2], Password: security.SecretValue(values[3])}
		if cfg.Security.Mechanism == "" {
			cfg.Security.Mechanism = kafka.ScramSHA512
		}
	}
	return cfg, nil
}
