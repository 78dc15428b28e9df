package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/telemetry"
)

func newTrafficCommand(s *settings) *cobra.Command {
	cfg := traffic.Config{Speed: 20}
	seed := uint64(0)
	level := slog.LevelInfo
	var listen string
	cmd := &cobra.Command{
		Use:   "traffic",
		Short: "Publish as the demo's operational systems do, on a cluster that exists",
		Long: `Runs the demo's shop alone: the checkout, the payment gateway, the warehouse and the others that publish what the
domains' data products read. First what the file's orders brought, then for ever what goes on. It goes on where an earlier
process stopped. The domains run in binaries of their own, and the platform by "tidemark serve".
It is ready once its topics are there, and while it publishes.`,
		Example: `  tidemark traffic --brokers kafka:9092 --registry http://registry:8081 --bad 0.02 --http 127.0.0.1:8090`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := s.logger(cmd, level)
			var err error
			if cfg.Instance.Kafka, err = s.brokers(); err != nil {
				return err
			}
			cfg.Instance.Kafka.Logger = log
			if cfg.Instance.Registry, err = s.schemas(log); err != nil {
				return err
			}
			if cmd.Flags().Changed("seed") {
				cfg.Seed = &seed
			}
			cfg.Instance.Contracts, cfg.Instance.Version, cfg.Instance.Logger = files.FS, readBuild().Version, log
			return runTraffic(cmd.Context(), cfg, listen)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&cfg.Bad, "bad", 0, "how many bad events there are for each good one, from 0 to 1")
	f.Float64Var(&cfg.Speed, "speed", cfg.Speed, "how many orders a second come after the file's")
	f.Uint64Var(&seed, "seed", 1, "of everything that is invented")
	f.StringVar(&cfg.Instance.Instance, "instance", "shop", "the instance's stable `name`")
	f.DurationVar(&cfg.Instance.VerdictWait, "verdict-wait", 0, "how long to wait at the start for the policies' verdict (default 10s; negative asks for none)")
	f.StringVar(&listen, "http", "", "the `address` for /livez, /readyz and /metrics, such as 127.0.0.1:0 (default none)")
	f.TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	f.SortFlags = false
	return cmd
}

// runTraffic publishes until ctx ends.
func runTraffic(ctx context.Context, cfg traffic.Config, listen string) (err error) {
	var health shopHealth
	_, stop, err := telemetry.Serve(listen, "health and metrics", health.handler(cfg.Instance.Version), time.Second, cfg.Instance.Logger)
	if err != nil {
		return err
	}
	defer stop()
	t, err := traffic.Open(ctx, cfg)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	health.open.Store(t)
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, t.Close(closing))
	}()
	if err = t.Backfill(ctx); err == nil {
		err = t.Live(ctx)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}
