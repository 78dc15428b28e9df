package main

import (
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/local"
)

func newServeCommand(s *settings) *cobra.Command {
	address := strings.TrimPrefix(defaultPlatform, "http://")
	level := slog.LevelInfo
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the platform: what the mesh knows, over HTTP",
		Long: `Runs the platform on a cluster that exists: it folds the control topics into what the mesh knows, tells
when an instance is lost or a promise is not held, and answers over HTTP. It has no store of its own, so it
can be stopped and started anywhere. A broker or a registry that is not there is waited for.`,
		Example: `  tidemark serve --brokers kafka:9092 --registry http://registry:8081`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.brokers()
			if err != nil {
				return err
			}
			log := s.logger(cmd, level)
			reg, err := s.schemas(log)
			if err != nil {
				return err
			}
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return demoHint(&local.AddressError{What: "http", Address: address, Err: err})
			}
			cfg.Logger = log
			p, err := local.NewPlatform(local.PlatformConfig{
				Kafka: cfg, Registry: reg, Control: files.FS,
				Brokers: strings.Join(s.Brokers, ","), RegistryURL: strings.Join(s.Registry, ","),
				DeadLetters: deadLetters{cfg}, Version: readBuild().Version, Logger: log,
			})
			if err != nil {
				_ = listener.Close()
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "the platform answers at http://%s\n", listener.Addr())
			return p.Run(cmd.Context(), listener)
		},
	}
	cmd.Flags().StringVar(&address, "listen-http", address, "where the platform listens, `host:port`; port 0 takes a free one")
	cmd.Flags().TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	cmd.Flags().SortFlags = false
	return cmd
}

// logger is the process's log: text on stderr, from a level on.
func (s *settings) logger(cmd *cobra.Command, least slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: least}))
}
