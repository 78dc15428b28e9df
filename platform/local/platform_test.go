package local

import (
	"context"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

// A platform answers before its brokers do, says that it is not ready, and becomes ready when they are there.
func TestPlatformWaitsForItsBrokers(t *testing.T) {
	free, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()

	p, err := NewPlatform(PlatformConfig{Kafka: kafka.Config{Brokers: []string{address}}, Registry: registrytest.Client(t), Control: os.DirFS("../../contracts")})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, l) }()

	url := "http://" + l.Addr().String()
	awaitStatus(t, url+"/livez", http.StatusOK)
	awaitStatus(t, url+"/readyz", http.StatusServiceUnavailable)
	b, err := broker.Start(broker.Config{Listen: address})
	if err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, url+"/readyz", http.StatusOK)
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil after its context ended", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func awaitStatus(t *testing.T, url string, want int) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.Now().Add(20 * time.Second)
	for got := 0; time.Now().Before(deadline); <-ticker.C {
		r, err := http.Get(url)
		if err == nil {
			got = r.StatusCode
			r.Body.Close()
		}
		if got == want {
			return
		}
	}
	t.Fatalf("%s did not answer %d in time", url, want)
}
