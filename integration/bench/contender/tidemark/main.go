// Command tidemark runs Tidemark's data products over the orders: a guard, a transform on events or on views, an observer, or many that
// have nothing to do.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

func main() { job.Main(run) }

const (
	input  = dataproduct.In[orders.Order]("orders")
	output = dataproduct.Out[orders.Order]("orders")
)

// copied decodes an order into its struct and encodes it again.
func copied(o *orders.Order, emit *dataproduct.Emit) error {
	output.To(emit, *o)
	return nil
}

// spliced reads two fields of an order, sets one and copies the others as they are.
func spliced(o orders.OrderView, emit *dataproduct.Emit) error {
	if o.Status() == "" {
		return emit.Reject("status", "the order has no status")
	}
	dataproduct.Copy[orders.OrderPatch](emit, output).SetPriority(o.Priority())
	return nil
}

// product is what a mode of the flags runs, and the mode that its data product's file says.
func product(name, mode string) (p dataproduct.Product, declared string, err error) {
	switch name = "bench/" + name; mode {
	case "guard":
		return dataproduct.Guard(name), mode, nil
	case "observe":
		return dataproduct.Observe(name), mode, nil
	case "transform":
		return dataproduct.Transform(name, dataproduct.On(input, copied, output)), mode, nil
	case "splice":
		return dataproduct.Transform(name, dataproduct.Splice(input, spliced, output.Spliced(nil, "priority"))), "transform", nil
	default:
		return dataproduct.Product{}, "", fmt.Errorf("-mode %s: use guard, transform, splice or observe", mode)
	}
}

func run(ctx context.Context, j job.Job) error {
	switch j.Mode {
	case "clients":
		return clients(ctx, j)
	case "schemas":
		return schemas(ctx, j)
	}
	began := time.Now()
	cfg, products, err := configure(j)
	if err != nil {
		return err
	}
	instance, err := dataproduct.New(cfg, products...)
	if err != nil {
		return fmt.Errorf("bind the data products: %w", err)
	}
	if j.Observe {
		go scrape(ctx, instance)
	}
	if j.Idle {
		go idle(ctx, instance, len(products), began)
	}
	return instance.Run(ctx)
}

func configure(j job.Job) (dataproduct.Config, []dataproduct.Product, error) {
	delivery := "at-least-once"
	if j.ExactlyOnce {
		delivery = "exactly-once"
	}
	var files []orders.Product
	var products []dataproduct.Product
	for i := range j.Products {
		p := orders.Product{Name: j.Name, Delivery: delivery, Source: j.Source, Partitions: j.Partitions, Rules: j.Rules}
		if j.Products > 1 {
			p.Name = fmt.Sprintf("%s-%d", j.Name, i)
		}
		one, declared, err := product(p.Name, j.Mode)
		if err != nil {
			return dataproduct.Config{}, nil, err
		}
		p.Mode = declared
		files, products = append(files, p), append(products, one)
	}
	client, err := registry.New(registry.Config{URLs: []string{j.Registry}})
	if err != nil {
		return dataproduct.Config{}, nil, fmt.Errorf("-registry: %w", err)
	}
	cfg := dataproduct.Config{
		Kafka: kafka.Config{Brokers: j.Brokers, Compression: kafka.Compression(j.Compression)}, Registry: client, Contracts: orders.Contracts(files...),
		Instance:    "bench",
		VerdictWait: -1, // no platform runs here that could judge the contracts
		Logger:      slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if j.Observe {
		cfg.HTTP = "127.0.0.1:0"
	}
	return cfg, products, nil
}

// scrape reads the instance's metrics once a second, as a monitoring system would.
func scrape(ctx context.Context, i *dataproduct.Instance) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if i.HTTPAddress() == "" {
			continue
		}
		resp, err := http.Get("http://" + i.HTTPAddress() + "/metrics")
		if err != nil {
			continue // not yet, or no more
		}
		_, _ = io.Copy(io.Discard, resp.Body) // what it says is not asked here
		_ = resp.Body.Close()
	}
}
