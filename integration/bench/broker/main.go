// Command broker is what the benchmarks run against when there is no Kafka: kfake, in memory and in a process of its own,
// and a schema registry. It prints where both are as one line of JSON and runs until its standard input ends.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// Addresses are what the command prints.
type Addresses struct {
	Broker   string `json:"broker"`
	Registry string `json:"registry"`
}

func main() {
	withBroker := flag.Bool("kafka", true, "start a broker; false starts the registry alone")
	flag.Parse()
	if err := run(*withBroker); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(withBroker bool) error {
	debug.SetGCPercent(400) // the log is the heap: the broker's collector should not compete with the contenders
	var at Addresses
	if withBroker {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DefaultNumPartitions(4))
		if err != nil {
			return fmt.Errorf("start kfake: %w", err)
		}
		defer cluster.Close()
		at.Broker = cluster.ListenAddrs()[0]
	}
	registry, err := server.New(context.Background(), server.MemoryStore())
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	at.Registry = "http://" + listener.Addr().String()
	srv := &http.Server{Handler: registry, ReadHeaderTimeout: 10 * time.Second}
	defer func() { _ = srv.Close() }()
	go func() { _ = srv.Serve(listener) }()
	if err := json.NewEncoder(os.Stdout).Encode(at); err != nil {
		return fmt.Errorf("print the addresses: %w", err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	return nil
}
