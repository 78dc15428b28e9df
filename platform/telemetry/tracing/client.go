package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// client sends spans by OTLP over HTTP.
type client struct {
	url    string
	header http.Header
	gzip   bool
	http   *http.Client
	log    *slog.Logger
	said   time.Time // when somebody was last told that spans are lost
}

// exportTimeout is OpenTelemetry's default of OTEL_EXPORTER_OTLP_TIMEOUT.
const exportTimeout = 10 * time.Second

func newClient(url string, log *slog.Logger) *client {
	return &client{url: url, log: log, header: http.Header{"Content-Type": {"application/x-protobuf"}}, http: &http.Client{Timeout: exportTimeout}}
}

// tellAtMost is how often a collector that takes no spans is told of.
const tellAtMost = time.Minute

// send posts spans. It does not try again: what the collector does not take is dropped, and the log says so now and then.
func (c *client) send(ctx context.Context, body []byte) error {
	err := c.post(ctx, body)
	if err != nil && time.Since(c.said) >= tellAtMost {
		c.said = time.Now()
		c.log.Warn("spans are dropped", "reason", err, "next", "see whether the collector takes OTLP over HTTP at that address")
	}
	return err
}

func (c *client) post(ctx context.Context, body []byte) (err error) {
	if c.gzip {
		if body, err = zipped(body); err != nil {
			return fmt.Errorf("compress spans: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = c.header.Clone()
	if c.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection is used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("send spans: the collector answered %s", resp.Status)
	}
	return nil
}

func zipped(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
