package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"syscall"
	"time"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// schemas times a start with many schemas: the embedded registry reads its log of them, and a client that knows none
// fetches each and compiles it against the contract's rules.
func schemas(ctx context.Context, j job.Job) error {
	store := server.MemoryStore()
	if err := fill(ctx, store, j.Products); err != nil {
		return err
	}
	began, before := time.Now(), used()
	srv, err := server.New(ctx, store)
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	restarted, restartedCPU := time.Since(began), used()-before
	rules, reader, err := reference()
	if err != nil {
		return err
	}
	client, stop, err := connect(srv)
	if err != nil {
		return err
	}
	defer stop()
	began, before = time.Now(), used()
	var compiling time.Duration
	for id := 1; id <= j.Products; id++ {
		schema, err := client.Schema(ctx, id)
		if err != nil {
			return fmt.Errorf("schema %d: %w", id, err)
		}
		one := time.Now()
		if _, err := avro.Compile(schema, avro.Options{Rules: rules, Reader: reader}); err != nil {
			return fmt.Errorf("compile schema %d: %w", id, err)
		}
		compiling += time.Since(one)
	}
	say(map[string]float64{
		"registry restarts s": restarted.Seconds(), "fetch and compile all s": time.Since(began).Seconds(), "of that compile s": compiling.Seconds(),
		"registry restarts CPU s": restartedCPU.Seconds(), "fetch and compile all CPU s": (used() - before).Seconds(),
	})
	<-ctx.Done()
	return nil
}

// connect opens the registry's door and connects a client to it; stop closes both.
func connect(srv *server.Server) (client *registry.Client, stop func(), err error) {
	door := httptest.NewServer(srv)
	client, err = registry.New(registry.Config{URLs: []string{door.URL}})
	if err != nil {
		door.Close()
		return nil, nil, fmt.Errorf("connect to the registry: %w", err)
	}
	return client, func() {
		client.Close()
		door.Close()
	}, nil
}

// used is the CPU time of this process, in user and kernel. Here both the registry and its client are in it.
func used() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fill registers schemas that differ in a field of their own.
func fill(ctx context.Context, store server.Store, n int) error {
	srv, err := server.New(ctx, store)
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	client, stop, err := connect(srv)
	if err != nil {
		return err
	}
	defer stop()
	for i := range n {
		text := strings.Replace(orders.Schema, `{"name":"shipTo"`, fmt.Sprintf(`{"name":"extra%d","type":"int"},{"name":"shipTo"`, i), 1)
		schema, err := avro.Parse([]byte(text))
		if err != nil {
			return fmt.Errorf("schema %d: %w", i, err)
		}
		if _, err := client.Register(ctx, fmt.Sprintf("bench-%d-value", i), schema); err != nil {
			return fmt.Errorf("register schema %d: %w", i, err)
		}
	}
	return nil
}

func reference() ([]avro.Rule, *avro.Schema, error) {
	set, _ := contract.Load(orders.Contracts(orders.Product{Name: "clean", Mode: "guard", Source: "shop", Partitions: 1, Rules: orders.Reference}))
	c, ok := set.Contract("urn:datamesh:bench:clean:orders:1")
	if !ok {
		return nil, nil, fmt.Errorf("the bench's own contract cannot be read")
	}
	rules, _ := c.Rules()
	return rules, c.Schema(), nil
}
