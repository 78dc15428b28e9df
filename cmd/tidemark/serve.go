package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func newServeCommand(s *settings) *cobra.Command {
	door := httpDoor{address: strings.TrimPrefix(defaultPlatform, "http://")}
	level := slog.LevelInfo
	tokenFile := ""
	var policies, environment string
	var principals []string
	driftEvery, drift := 5*time.Minute, provision.Options{}
	var advertisedBrokers, advertisedRegistry string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the platform: what the mesh knows, over HTTP",
		Long: `Runs the platform on a cluster that exists: it folds the control topics into what the mesh knows, tells
when an instance is lost or a promise is not held, has the policies judge what is published, and answers over HTTP. It has no store of its own, so it
can be stopped and started anywhere. A broker or a registry that is not there is waited for.

On another address than loopback it demands TLS and a token, which requests show as a bearer token or as the password of
any user. --http-insecure does without, for a proxy in front that has both.`,
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
			access, err := s.access(door, tokenFile)
			if err != nil {
				return err
			}
			court, err := newCourt(policies, environment)
			if err != nil {
				return usagef("--policies: %w", err)
			}
			if drift.Principals, err = provision.ParsePrincipals(principals); err != nil {
				return usagef("--principals: %w", err)
			}
			listener, err := net.Listen("tcp", door.address)
			if err != nil {
				return demoHint(&local.AddressError{What: "http", Address: door.address, Err: err})
			}
			cfg.Logger = log
			p, err := local.NewPlatform(local.PlatformConfig{
				Kafka: cfg, Registry: reg, Control: files.FS,
				Brokers: cmp.Or(advertisedBrokers, s.Brokers), RegistryURL: cmp.Or(advertisedRegistry, s.Registry),
				DriftEvery: driftEvery, Drift: drift,
				Policies: court, Token: access.token, TLS: access.tls, Local: access.local,
				DeadLetters: deadLetters{cfg}, Version: readBuild().Version, Logger: log,
			})
			if err != nil {
				_ = listener.Close()
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "the platform answers at %s://%s\n", scheme(access.tls), listener.Addr())
			return p.Run(cmd.Context(), listener)
		},
	}
	door.flags(cmd.Flags(), "platform", "token")
	cmd.Flags().StringVar(&tokenFile, "http-token-file", "", "a `file` that holds the token which requests must show; or the variable "+envName("http-token"))
	cmd.Flags().StringVar(&advertisedBrokers, "advertised-brokers", "", "the brokers as people reach them, `host:port,...`, for what pages say about reading a port (default: --brokers)")
	cmd.Flags().StringVar(&advertisedRegistry, "advertised-registry", "", "the registry as people reach it, a `URL` (default: --registry)")
	cmd.Flags().StringVar(&policies, "policies", "", "the `folder` with the policies that judge what is published (default: those that ship with tidemark)")
	cmd.Flags().StringVar(&environment, "environment", "", "the environment that they judge for, such as `production`")
	cmd.Flags().DurationVar(&driftEvery, "drift-every", driftEvery, "how often to look whether the cluster is what is published; 0 never does")
	cmd.Flags().StringArrayVar(&principals, "principals", nil, "who a domain is to the brokers, as of \"tidemark plan\"; for drift")
	cmd.Flags().IntVar(&drift.Replicas, "replicas", 0, "the replication that every topic should have (default: the contracts'); for drift")
	cmd.Flags().BoolVar(&drift.NoAccess, "no-access", false, "look at no ACLs, users and quotas for drift")
	cmd.Flags().TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	cmd.Flags().SortFlags = false
	return cmd
}

// logger is the process's log: text on stderr, from a level on.
func (s *settings) logger(cmd *cobra.Command, least slog.Leveler) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: least}))
}
