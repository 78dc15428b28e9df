package main

import (
	"errors"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/connect"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// client gives a client of the platform that the settings name.
func (s *settings) client() (*client.Client, error) {
	c, err := client.New(s.Platform, s.platformAccess())
	if err != nil {
		return nil, usagef("--platform: %w", err)
	}
	return c, nil
}

// platformAccess says how the platform is trusted, and what it is shown.
func (s *settings) platformAccess() client.Options {
	o := client.Options{Token: connect.Secret(s.process.env, s.PlatformTokenFile, "platform-token")}
	if s.PlatformCAFile != "" {
		o.TLS = &security.TLS{CAFile: s.PlatformCAFile}
	}
	return o
}

// hint adds the next step to what a call of the platform returned; list is the command that lists the kind of
// thing that was asked for.
func (s *settings) hint(err error, list string) error {
	if _, away := errors.AsType[*client.UnreachableError](err); away {
		return withNext(err, "start one with \"tidemark demo\" or \"tidemark serve\", or say where it is with --platform URL (from %s now)", s.origins["platform"])
	}
	if client.NotFound(err) {
		what, _, _ := strings.Cut(err.Error(), ";") // the rest is the next step for who speaks HTTP
		return withNext(errors.New(what), "\"%s\" lists what there is", list)
	}
	return err
}
