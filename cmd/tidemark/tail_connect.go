package main

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// brokers gives the cluster that the settings name.
func (s *settings) brokers() (kafka.Config, error) {
	cfg, err := s.Kafka(s.process.env, nil)
	if err != nil {
		return cfg, &usageError{err}
	}
	cfg.ClientID = "tidemark-cli"
	return cfg, nil
}

// schemas gives a client of the registry that the settings name; log may be nil.
func (s *settings) schemas(log *slog.Logger) (*registry.Client, error) {
	cfg, err := s.Schemas(s.process.env, log)
	if err != nil {
		return nil, &usageError{err}
	}
	c, err := registry.New(cfg)
	if err != nil {
		return nil, usagef("--registry: %w", err)
	}
	return c, nil
}

// hintBrokers adds the next step to what a call of Kafka or of the registry returned.
func (s *settings) hintBrokers(err error) error {
	switch _, registryFailed := errors.AsType[*registry.CallError](err); {
	case registryFailed:
		if kafka.Unreachable(err) { // of a broker it would mean the same
			err = fmt.Errorf("no schema registry answers at %s: %w", hidden(s.Registry), err)
		}
		return withNext(err, "say where the schema registry is with --registry URL (from %s now)", s.origins["registry"])
	case kafka.Unreachable(err):
		return withNext(fmt.Errorf("no broker answers at %s: %w", s.Brokers, err),
			"start one with \"tidemark demo\", or say where it is with --brokers HOST:PORT (from %s now)", s.origins["brokers"])
	}
	return err
}
