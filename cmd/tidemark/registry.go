package main

import (
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/local"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

func newRegistryCommand(s *settings) *cobra.Command {
	level := slog.LevelInfo
	who := registryDoor{httpDoor: httpDoor{address: "127.0.0.1:8081"}}
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "Run a Schema Registry for Avro that keeps its schemas on Kafka",
		Long: `Runs a Schema Registry that speaks the Confluent API, for Avro. It keeps what it knows in the topic ` + server.StoreTopic + `, in the
records that Confluent's registry writes, and has no other store: it can be stopped and started anywhere. Run one on
a cluster: two for a moment do no harm, but do not see at once what the other writes. Brokers that are not there are waited for.

On another address than loopback it demands TLS, and users or clients' certificates. --http-insecure does without, for a proxy in
front that has both. /livez and /readyz are open to everybody.`,
		Example: `  tidemark registry --brokers kafka:9092 --listen-http 127.0.0.1:8081`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.brokers()
			if err != nil {
				return err
			}
			log := s.logger(cmd, level)
			cfg.Logger, cfg.ClientID = log, "tidemark-registry"
			access, err := s.registryAccess(who)
			if err != nil {
				return err
			}
			store, err := server.KafkaStore(cfg)
			if err != nil {
				return err
			}
			defer store.Close()
			listener, err := net.Listen("tcp", who.address)
			if err != nil {
				return demoHint(&local.AddressError{What: "http", Address: who.address, Err: err})
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "the schema registry answers at %s://%s\n", scheme(access.tls), listener.Addr())
			r := newRegistryProcess(store, access, readBuild().Version, log)
			return r.run(cmd.Context(), listener)
		},
	}
	f := cmd.Flags()
	who.flags(f, "registry", "users")
	f.StringVar(&who.clientCAFile, "http-client-ca-file", "", "a PEM `file` with the authorities that vouch for clients, which then must show a certificate")
	f.StringVar(&who.usersFile, "http-users-file", "", "a `file` with the users that may call, name:password, one in a line; or the variable "+connect.Env("http-users"))
	f.TextVar(&level, "log-level", level, "what is logged to stderr: debug, info, warn or error")
	f.SortFlags = false
	return cmd
}
