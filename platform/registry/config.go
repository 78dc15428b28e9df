package registry

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Defaults of Config.
const (
	DefaultTimeout    = 5 * time.Second
	DefaultUnknownTTL = time.Second
)

// Config says where the registry is. The zero value but for URLs works.
type Config struct {
	// URLs are the addresses of one registry, tried in turn; at least one, http or https, without credentials.
	URLs []string
	// Username and Password are for basic authentication; both or neither. The password is read at each call.
	Username string
	Password security.Secret
	// TLS says how the registry is trusted and what the client shows of itself (mTLS); nil is as the system does.
	TLS *security.TLS
	// Snapshot is a folder that keeps what the registry said: every schema that was read by its id, and the ids and levels that
	// subjects got, so that a process that starts while the registry is away goes on where one before it was; "" keeps none.
	// Processes may share it.
	Snapshot string
	// Timeout bounds one call to one address; default 5 s.
	Timeout time.Duration
	// UnknownTTL is how long "I do not know this id" is believed; default 1 s.
	UnknownTTL time.Duration
	// Logger gets failed tries of calls that go on trying; nil drops them.
	Logger *slog.Logger
}

// ParseURLs splits a comma-separated list of addresses, as flags and environment variables give it.
func ParseURLs(list string) ([]string, error) {
	var urls []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" {
			urls = append(urls, part)
		}
	}
	return urls, checkURLs(urls)
}

func checkURLs(urls []string) error {
	if len(urls) == 0 {
		return errors.New("no registry: name at least one address, for example http://127.0.0.1:8081")
	}
	for _, text := range urls {
		u, err := url.Parse(text)
		switch {
		case err != nil:
			return errors.New("a registry address is not a URL, for example http://127.0.0.1:8081")
		case u.User != nil:
			return fmt.Errorf("registry address %s has credentials in it: give them as username and password", u.Redacted())
		case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
			return fmt.Errorf("registry address %q needs http:// or https:// and a host, for example http://127.0.0.1:8081", text)
		case u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("registry address %q has a query or a fragment: give the address only", text)
		}
	}
	return nil
}

func (c Config) withDefaults() (Config, error) {
	if err := checkURLs(c.URLs); err != nil {
		return c, err
	}
	if (c.Username == "") != c.Password.IsZero() {
		return c, errors.New("registry credentials need a username and a password, or neither")
	}
	urls := make([]string, len(c.URLs))
	for i, u := range c.URLs {
		urls[i] = strings.TrimRight(u, "/")
	}
	c.URLs = urls
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.UnknownTTL <= 0 {
		c.UnknownTTL = DefaultUnknownTTL
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
