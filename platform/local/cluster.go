package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

// AddressError says that an address cannot be listened on.
type AddressError struct {
	What    string // kafka, registry or http
	Address string
	Err     error
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("cannot listen on %s for %s: %v", e.Address, e.What, e.Err)
}

func (e *AddressError) Unwrap() error { return e.Err }

// InUse says that something else listens there.
func (e *AddressError) InUse() bool { return errors.Is(e.Err, syscall.EADDRINUSE) }

func listen(what, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &AddressError{What: what, Address: address, Err: err}
	}
	return l, nil
}

// embedded is a broker and a registry in this process.
type embedded struct {
	broker *broker.Broker
	store  *server.Kafka
	server *http.Server
	url    string
}

// embed starts a broker, and on it a registry.
func embed(ctx context.Context, o *Options) (_ *embedded, err error) {
	e := &embedded{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close(context.WithoutCancel(ctx)))
		}
	}()
	l, err := listen("registry", o.ListenRegistry)
	if err != nil {
		return nil, err
	}
	if e.broker, err = broker.Start(broker.Config{Listen: o.ListenKafka, Data: o.Data, Logger: o.Logger}); err != nil {
		_ = l.Close()
		if a, ok := errors.AsType[*broker.AddressError](err); ok {
			err = &AddressError{What: "kafka", Address: a.Address, Err: a.Err}
		}
		return nil, err
	}
	if e.store, err = server.KafkaStore(e.kafka(o.Logger)); err != nil {
		_ = l.Close()
		return nil, err
	}
	schemas, err := server.New(ctx, e.store)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	handler := http.Handler(schemas)
	if loopback(o.ListenRegistry) {
		handler = server.LocalOnly(handler)
	}
	e.url = "http://" + l.Addr().String()
	e.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() { _ = e.server.Serve(l) }() // ends when it is shut down
	return e, nil
}

func (e *embedded) kafka(log *slog.Logger) kafka.Config {
	return kafka.Config{Brokers: []string{e.broker.Address()}, ClientID: "tidemark-demo", Logger: log}
}

// close stops the registry, then the broker.
func (e *embedded) close(ctx context.Context) error {
	var errs []error
	if e.server != nil {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if e.server.Shutdown(ctx) != nil {
			_ = e.server.Close() // a client that holds on does not keep us
		}
	}
	if e.store != nil {
		e.store.Close()
	}
	if e.broker != nil {
		errs = append(errs, e.broker.Close())
	}
	return errors.Join(errs...)
}

// clients are what everything here reaches the cluster with.
type clients struct {
	kafka    kafka.Config
	registry *registry.Client
	admin    *kafka.Admin
}

func connect(cfg kafka.Config, schemas registry.Config, log *slog.Logger) (*clients, error) {
	schemas.UnknownTTL, schemas.Logger = unknownTTL, log
	reg, err := registry.New(schemas)
	if err != nil {
		return nil, err
	}
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		return nil, err
	}
	return &clients{kafka: cfg, registry: reg, admin: admin}, nil
}
