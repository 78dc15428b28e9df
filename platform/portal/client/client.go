// Package client asks a running platform what it knows, by the HTTP API of package portal.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

const (
	// timeout bounds one call: the platform answers from memory, so that a slow answer is a wrong address.
	timeout = 10 * time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 20
)

// Client calls one platform. It is safe for concurrent use.
type Client struct {
	base  string
	token security.Secret
	http  *http.Client
}

// UnreachableError says that no platform answered at a URL.
type UnreachableError struct {
	URL string
	Err error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no platform answers at %s: %v", e.URL, e.Err)
}
func (e *UnreachableError) Unwrap() error { return e.Err }

// Problem is an answer that is an error (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
}

func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	for _, e := range p.Errors {
		text += "; " + e.Location + ": " + e.Message
	}
	return text
}

// NotFound reports whether err says that the thing asked for does not exist.
func NotFound(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Status == http.StatusNotFound
}

// Options say how a platform is trusted and who asks. The zero value trusts as the system does and shows no token.
type Options struct {
	Token security.Secret
	TLS   *security.TLS
}

// New gives a client of the platform at base, such as http://127.0.0.1:8080. It does not call it yet.
func New(base string, o Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q is not the URL of a platform, such as http://127.0.0.1:8080", base)
	}
	c := &Client{
		base:  strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/"),
		token: o.Token,
		http:  &http.Client{Timeout: timeout},
	}
	if o.TLS != nil {
		config, err := o.TLS.Client()
		if err != nil {
			return nil, err
		}
		c.http.Transport = &http.Transport{DialTLSContext: security.Dial((&net.Dialer{Timeout: timeout}).DialContext, config)}
	}
	return c, nil
}

// URL is the platform's URL.
func (c *Client) URL() string { return c.base }

// get reads a JSON resource into v.
func (c *Client) get(ctx context.Context, v any, query url.Values, path ...string) error {
	body, err := c.read(ctx, query, path...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%s answered something that is not a platform's: %w", c.base, err)
	}
	return nil
}

// read reads a resource's bytes; each element of path is one segment and is escaped.
func (c *Client) read(ctx context.Context, query url.Values, path ...string) ([]byte, error) {
	target := c.base + api.Prefix
	for _, segment := range path {
		target += "/" + url.PathEscape(segment)
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	got, err := c.do(req)
	if err != nil {
		return nil, err
	}
	if got.status != http.StatusOK {
		return nil, c.problem(got)
	}
	return got.body, nil
}

// Publish asks the platform to publish a data product and its contracts; dry only to judge them. What it denies comes
// back with findings and is no error.
func (c *Client) Publish(ctx context.Context, p api.Publication, dry bool) (published api.Published, err error) {
	text, err := json.Marshal(p)
	if err != nil {
		return published, err
	}
	target := c.base + api.Prefix + "/publications"
	if dry {
		target += "?dry_run=true"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(text))
	if err != nil {
		return published, err
	}
	req.Header.Set("Content-Type", "application/json")
	got, err := c.do(req)
	if err != nil {
		return published, err
	}
	if denied := got.status == http.StatusUnprocessableEntity && got.kind == "application/json"; got.status != http.StatusOK && !denied {
		return published, c.problem(got)
	}
	if err := json.Unmarshal(got.body, &published); err != nil {
		return published, fmt.Errorf("%s answered something that is not a platform's: %w", c.base, err)
	}
	return published, nil
}

// answer is what was answered.
type answer struct {
	status int
	kind   string // media type
	body   []byte
}

// do sends a request and reads the answer.
func (c *Client) do(req *http.Request) (answer, error) {
	if !c.token.IsZero() {
		token, err := c.token.Read()
		if err != nil {
			return answer{}, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if err := req.Context().Err(); err != nil {
			return answer{}, err
		}
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err // without method and URL, which we say ourselves
		}
		return answer{}, &UnreachableError{URL: c.base, Err: err}
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, &UnreachableError{URL: c.base, Err: err}
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return answer{resp.StatusCode, kind, body}, nil
}

func (c *Client) problem(got answer) error {
	p := &Problem{}
	if err := json.Unmarshal(got.body, p); err != nil || p.Title == "" {
		return fmt.Errorf("%s answered %d %s, which is not how a platform answers; is it another server?", c.base, got.status, http.StatusText(got.status))
	}
	p.Status = got.status
	return p
}
