package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// resumeTimeout bounds the request: the instance answers at once.
const resumeTimeout = 10 * time.Second

func newResumeCommand(s *settings) *cobra.Command {
	var instance string
	cmd := &cobra.Command{
		Use:   "resume DATA-PRODUCT --instance URL",
		Short: "Let a data product go on whose circuit breaker opened",
		Long: `A data product that rejects too much is tripped: its instance reads on only when somebody has looked at the dead
letters and says so. This says so. The instance must have been started with --http, and takes it from the machine that
it runs on only. A restart of the instance does the same.`,
		Example:           `  tidemark resume orders.orders --instance http://127.0.0.1:8090`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: firstArgument(dataProducts().complete(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if instance == "" {
				return usagef("--instance is missing: the URL that the instance logged at its start, as --http says")
			}
			said, err := resume(cmd.Context(), instance, args[0])
			if err != nil {
				return err
			}
			cmd.Println(said)
			return nil
		},
	}
	cmd.Flags().StringVar(&instance, "instance", "", "the `URL` of the instance's own HTTP address")
	return cmd
}

// resume asks an instance and gives its answer.
func resume(ctx context.Context, instance, dataProduct string) (string, error) {
	base, err := url.Parse(instance)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return "", usagef("--instance %s: not a URL such as http://127.0.0.1:8090", printable(instance))
	}
	ctx, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	target := base.JoinPath("resume")
	target.RawQuery = url.Values{"product": {dataProduct}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", withNext(fmt.Errorf("the instance does not answer: %w", err), "\"tidemark get instances\" says where it runs; it needs --http to listen")
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<12))
	if err != nil {
		return "", fmt.Errorf("the instance's answer: %w", err)
	}
	said := printable(strings.TrimSpace(string(body)))
	if res.StatusCode != http.StatusOK {
		return "", errors.New(said)
	}
	return said, nil
}
