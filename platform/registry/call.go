package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/riferrei/srclient"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Error codes of the Confluent API that calls here tell apart.
const (
	codeSubjectNotFound = 40401
	codeVersionNotFound = 40402
	codeSchemaNotFound  = 40403
	codeSoftDeleted     = 40404
	codeNoLevel         = 40408 // none was set for the subject
	codeIncompatible    = 409
)

// maxAnswer bounds what is read of one answer, maxMessage what of it an error repeats.
const (
	maxAnswer  = 8 << 20
	maxMessage = 1000
)

// refusal is what the registry said against a call.
type refusal struct {
	url     string
	status  int
	code    int // the API's error code; 0 when the answer was not the API's
	message string
}

func (r *refusal) Error() string {
	if r.code == 0 {
		return fmt.Sprintf("%s answered %d %s without a schema registry's error code", r.url, r.status, http.StatusText(r.status))
	}
	return fmt.Sprintf("%s answered %d: %s", r.url, r.code, r.message)
}

// denied says that the credentials do not open the registry.
func (r *refusal) denied() bool {
	return r.status == http.StatusUnauthorized || r.status == http.StatusForbidden
}

// final says that asking again, here or elsewhere, gives the same answer. An answer without the API's code comes
// from something before the registry, such as a proxy, and says nothing.
func (r *refusal) final() bool {
	if r.denied() || r.status == http.StatusRequestTimeout || r.status == http.StatusTooManyRequests {
		return false
	}
	return r.status >= 400 && r.status < 500 && r.code != 0
}

// answered says that err is the registry's refusal with one of the codes.
func answered(err error, codes ...int) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && slices.Contains(codes, r.code)
}

// call runs do against the addresses in turn, beginning with the one that answered last, until one gives an
// answer that counts. Its error is a final *refusal, or else joins what every address said.
func (c *Client) call(ctx context.Context, do func(*srclient.SchemaRegistryClient) error) error {
	urls, first := c.cfg.URLs, int(c.first.Load())
	var failures []error
	for i := range urls {
		at := (first + i) % len(urls)
		err := c.once(ctx, urls[at], do)
		if r, ok := errors.AsType[*refusal](err); err == nil || ok && r.final() {
			c.first.Store(int32(at))
			return err
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failures...)
}

// once runs do against one address. srclient knows no context, so that every call gets a client of its own,
// which costs a few words and carries the context and the deadline into its requests.
func (c *Client) once(ctx context.Context, url string, do func(*srclient.SchemaRegistryClient) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	var seen sighting
	r := srclient.NewSchemaRegistryClient(url,
		srclient.WithClient(c.http),
		srclient.WithPreReqFn(func(req *http.Request) error {
			req.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
			*req = *req.WithContext(context.WithValue(ctx, sightingKey{}, &seen))
			return nil
		}))
	r.CachingEnabled(false)
	r.CodecCreationEnabled(false)
	password, err := c.cfg.Password.Read()
	if err != nil {
		return err
	}
	r.SetCredentials(c.cfg.Username, password)

	err = do(r)
	if err == nil {
		return nil
	}
	if said, ok := errors.AsType[srclient.Error](err); ok && said.Code != 0 {
		return &refusal{url: url, status: seen.status, code: said.Code, message: clip(said.Message)}
	}
	if seen.status >= 300 {
		return &refusal{url: url, status: seen.status}
	}
	if seen.status != 0 {
		return fmt.Errorf("%s gave an answer that cannot be read: %w", url, err)
	}
	return err // net/http's errors name the address
}

func clip(s string) string {
	if len(s) > maxMessage {
		return s[:maxMessage] + "…"
	}
	return s
}

// patiently runs a start-up call until the registry gives an answer that counts or ctx ends. It says in the log
// that it waits, and for what.
func (c *Client) patiently(ctx context.Context, what string, do func() error) error {
	var said error // the newest failure that is not ctx's own end
	err := backoff.RetryNotify(func() error {
		err := do()
		if err != nil && ctx.Err() == nil {
			said = err
		}
		if err != nil && !passing(err) {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(c.waits(), ctx), func(err error, wait time.Duration) {
		c.cfg.Logger.WarnContext(ctx, "the schema registry does not answer; trying again",
			"call", what, "in", wait.Round(time.Millisecond), "error", err)
	})
	switch {
	case err == nil:
		return nil
	case !passing(err):
		return fault.Fatally(fmt.Errorf("registry: %s: %w", what, err))
	case said == nil:
		return fault.Transiently(fmt.Errorf("registry: %s: %w", what, context.Cause(ctx)))
	}
	return fault.Transiently(fmt.Errorf("registry: %s: %w; the last try: %w", what, context.Cause(ctx), said))
}

// passing says whether a later try may go better. Credentials that do not open the registry are a person's to
// mend: at start that is said at once, while Schema, which runs in the middle of data, waits.
func passing(err error) bool {
	if _, ok := errors.AsType[*IncompatibleError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*otherID](err); ok {
		return false
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return !r.final() && !r.denied()
	}
	return true
}

// exponential waits 0.2 s to 10 s, doubling, half of it jittered, for ever.
func exponential() backoff.BackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(200*time.Millisecond),
		backoff.WithMultiplier(2),
		backoff.WithMaxInterval(10*time.Second),
		backoff.WithMaxElapsedTime(0),
	)
}

// sighting is what the transport saw of an answer, which srclient's errors do not always tell.
type sighting struct{ status int }

type sightingKey struct{}

// transport notes the answer's status and bounds its size.
type transport struct{ *http.Transport }

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if seen, ok := req.Context().Value(sightingKey{}).(*sighting); ok {
		seen.status = resp.StatusCode
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

func newHTTPClient(secure *security.TLS) (*http.Client, error) {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     30 * time.Second,
	}
	if secure != nil {
		config, err := secure.Client()
		if err != nil {
			return nil, fmt.Errorf("registry: %w", err)
		}
		t.DialTLSContext = security.Dial((&net.Dialer{Timeout: DefaultTimeout}).DialContext, config)
	}
	return &http.Client{
		Transport: transport{t},
		// An address that sends us elsewhere is the wrong address; following would carry requests to hosts that
		// nobody named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}
