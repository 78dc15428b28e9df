package dataproduct_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/telemetry/tracing"
)

// BenchmarkObservation is what it costs to be watched: a guard takes b.N records with nothing on, and with metrics that are read
// once a second and one record in a hundred traced to a collector in another process; in turns, nine times each. Run it with a fixed
// -benchtime, such as 200000x. percent-more is the median of the turns' ratios.
func BenchmarkObservation(b *testing.B) {
	rounds := 9
	if b.N == 1 {
		rounds = 1 // to see that it runs
	}
	var off, on, ratios []float64
	for i := range rounds {
		var cpu [2]float64
		for turn := range 2 {
			observed := (i+turn)%2 == 1 // each goes first every other time
			spent := observedGuard(b, observed)
			if observed {
				on, cpu[1] = append(on, spent), spent
			} else {
				off, cpu[0] = append(off, spent), spent
			}
		}
		ratios = append(ratios, 100*(cpu[1]/cpu[0]-1))
	}
	median := func(list []float64) float64 { slices.Sort(list); return list[len(list)/2] }
	b.ReportMetric(median(off), "off-cpu-ns/record")
	b.ReportMetric(median(on), "on-cpu-ns/record")
	b.ReportMetric(median(ratios), "percent-more")
	b.ReportMetric(ratios[0], "percent-least")
	b.ReportMetric(ratios[len(ratios)-1], "percent-most")
	b.ReportMetric(0, "ns/op") // it has the brokers' start in it
}

// observedGuard takes b.N records through a guard, and gives the CPU time of one in nanoseconds.
func observedGuard(b *testing.B, observed bool) float64 {
	rig := startRig(b, rigged{Records: b.N, Partitions: 4})
	cfg := rig.config(b, orderFiles(b, rig.Partitions, "guard", ""))
	if observed {
		var err error
		cfg.HTTP = "127.0.0.1:0"
		if cfg.Tracing, err = tracing.Open(tracing.Settings{Endpoint: rig.Registry, Service: "bench", Getenv: os.Getenv}); err != nil {
			b.Fatal(err)
		}
	}
	instance, err := dataproduct.New(cfg, dataproduct.Guard("bench/copy"))
	if err != nil {
		b.Fatal(err)
	}
	user, system := spent()
	ctx, stop := context.WithCancel(b.Context())
	if observed {
		go scrape(ctx, instance)
	}
	runThrough(b, cfg.Kafka, instance, b.N)
	stop()
	if err := cfg.Tracing.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	if n := cfg.Tracing.Dropped(); n > 0 {
		b.Fatalf("%d spans were dropped", n)
	}
	userAfter, systemAfter := spent()
	rig.stop()
	return float64(userAfter-user+systemAfter-system) / float64(b.N)
}

// scrape reads the metrics once a second.
func scrape(ctx context.Context, instance *dataproduct.Instance) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if at := instance.HTTPAddress(); at != "" {
			if resp, err := http.Get("http://" + at + "/metrics"); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
