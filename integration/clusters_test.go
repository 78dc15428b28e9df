//go:build integration

package integration

import (
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// The ledger is the same where three nodes have each record, and where an administrator has to say who it is.
func TestOnceOnOtherClusters(t *testing.T) {
	for name, what := range map[string]string{kafkatest.Three: "three Kafka nodes", kafkatest.Secure: "a cluster with SASL, TLS and ACLs"} {
		t.Run(name, func(t *testing.T) {
			reach(t, what, name)
			t.Setenv(kafkatest.On, name)
			o, seed := demo(t), uint64(7)
			o.Bad, o.Seed = 0.02, &seed
			if n := records(once(t, o), "orders.orders.orders.v1"); n != 5009 {
				t.Errorf("%d orders, want 5009", n)
			}
		})
	}
}
