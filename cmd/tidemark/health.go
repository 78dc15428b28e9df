package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

func newHealthCommand(s *settings) *cobra.Command {
	timeout := 5 * time.Second // a process gives each of its checks 2 s
	cmd := &cobra.Command{
		Use:   "health [URL]",
		Short: "Ask a process whether it is ready; the probe of images without a shell",
		Long: `Asks one URL and ends with 0 when the answer is a success, else with 1 and what was answered. Without a URL it asks
the platform's /readyz. Any Tidemark process that listens answers /livez, which says that it serves, and /readyz, which
says that it does its work.`,
		Example: `  tidemark health
  tidemark health http://127.0.0.1:8090/livez`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			target := strings.TrimRight(s.Platform, "/") + "/readyz"
			if len(args) == 1 {
				target = args[0]
			}
			u, err := url.Parse(target)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return usagef("%s: not a URL such as http://127.0.0.1:8080/readyz", printable(target))
			}
			transport := &http.Transport{}
			if s.PlatformCAFile != "" {
				trust, err := security.TLS{CAFile: s.PlatformCAFile}.Client()
				if err != nil {
					return usagef("--platform-ca-file: %w", err)
				}
				transport.DialTLSContext = security.Dial((&net.Dialer{}).DialContext, trust)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return askHealth(ctx, &http.Client{Transport: transport}, target)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", timeout, "how long the answer may take")
	return cmd
}

// askHealth gives nil when target answers with a success, else why not, with the lines of the answer.
func askHealth(ctx context.Context, client *http.Client, target string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("nothing healthy answers: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<14))
	if err != nil {
		return fmt.Errorf("the answer of %s: %w", target, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("%s answers %s\n%s", target, res.Status, strings.TrimSpace(string(body)))
	}
	return nil
}
