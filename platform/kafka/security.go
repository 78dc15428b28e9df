package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Mechanisms of SASL.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
	OAuthBearer = "OAUTHBEARER"
)

// Mechanisms lists the mechanisms, the strongest of those with a password first.
func Mechanisms() []string { return []string{ScramSHA512, ScramSHA256, Plain, OAuthBearer} }

// Security says how to speak to brokers. The zero value is plain text without a name.
type Security struct {
	// TLS encrypts, and with a certificate of its own shows who speaks (mTLS); nil does not.
	TLS *security.TLS
	// Mechanism is one of Mechanisms; "" does without.
	Mechanism string
	// Username and Password are of all mechanisms but OAUTHBEARER. The password is read at each new connection.
	Username string
	Password security.Secret
	// OAuth is of OAUTHBEARER.
	OAuth OAuth
}

// OAuth gets tokens by the client credentials grant (RFC 6749, section 4.4).
type OAuth struct {
	TokenURL     string
	ClientID     string
	ClientSecret security.Secret
	Scopes       []string
	TLS          *security.TLS // how the token's server is trusted; nil is as the system does
}

// Principal is how brokers name who speaks, unless rules of theirs say otherwise: User: and then the user's name; with mTLS alone
// the certificate's subject; without either ANONYMOUS. With OAUTHBEARER it is the client id, which is what most servers of
// tokens give as a token's subject.
func (s Security) Principal() string {
	name := s.Username
	switch {
	case s.Mechanism == OAuthBearer:
		name = s.OAuth.ClientID
	case s.Mechanism == "" && s.TLS != nil:
		name, _ = s.TLS.Subject() // only names who was refused: a certificate that cannot be read shows elsewhere
	}
	return "User:" + cmp.Or(name, "ANONYMOUS")
}

// dialTimeout bounds a connection to a broker before its TLS handshake, and a call for a token.
const dialTimeout = 10 * time.Second

// options are the client library's.
func (s Security) options(dial func(context.Context, string, string) (net.Conn, error)) ([]kgo.Opt, error) {
	var opts []kgo.Opt
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	if s.TLS != nil {
		config, err := s.TLS.Client()
		if err != nil {
			return nil, err
		}
		dial = security.Dial(dial, config)
	}
	opts = append(opts, kgo.Dialer(dial))
	mechanism, err := s.mechanism()
	if err != nil {
		return nil, err
	}
	if mechanism != nil {
		opts = append(opts, kgo.SASL(mechanism))
	}
	return opts, nil
}

func (s Security) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		if s.Username != "" || !s.Password.IsZero() {
			return nil, fmt.Errorf("there is a user for the brokers but no SASL mechanism: choose one of %s", strings.Join(Mechanisms(), ", "))
		}
		return nil, nil
	case Plain, ScramSHA256, ScramSHA512:
		if s.Username == "" || s.Password.IsZero() {
			return nil, fmt.Errorf("%s needs a user and a password", s.Mechanism)
		}
		if _, err := s.Password.Read(); err != nil {
			return nil, err
		}
	case OAuthBearer:
		return s.OAuth.mechanism()
	default:
		return nil, fmt.Errorf("there is no SASL mechanism %q; there are %s", s.Mechanism, strings.Join(Mechanisms(), ", "))
	}
	asScram := func(context.Context) (scram.Auth, error) {
		password, err := s.Password.Read()
		return scram.Auth{User: s.Username, Pass: password}, err
	}
	switch s.Mechanism {
	case ScramSHA256:
		return scram.Sha256(asScram), nil
	case ScramSHA512:
		return scram.Sha512(asScram), nil
	}
	return plain.Plain(func(context.Context) (plain.Auth, error) {
		password, err := s.Password.Read()
		return plain.Auth{User: s.Username, Pass: password}, err
	}), nil
}

// Token asks for a token. It blocks for 10 s at most.
func (o OAuth) Token() (string, error) {
	source, err := o.source()
	if err != nil {
		return "", err
	}
	token, err := source.Token()
	if err != nil {
		return "", fmt.Errorf("token from %s: %w", o.TokenURL, err)
	}
	return token.AccessToken, nil
}

// mechanism gets a token when the one that it has is about to expire.
func (o OAuth) mechanism() (sasl.Mechanism, error) {
	source, err := o.source()
	if err != nil {
		return nil, err
	}
	source = oauth2.ReuseTokenSource(nil, source)
	return oauth.Oauth(func(context.Context) (oauth.Auth, error) {
		token, err := source.Token()
		if err != nil {
			return oauth.Auth{}, fmt.Errorf("token from %s: %w", o.TokenURL, err)
		}
		return oauth.Auth{Token: token.AccessToken}, nil
	}), nil
}

// source asks for a token each time.
func (o OAuth) source() (oauth2.TokenSource, error) {
	if o.TokenURL == "" || o.ClientID == "" || o.ClientSecret.IsZero() {
		return nil, errors.New("OAUTHBEARER needs the URL of tokens, a client id and a client secret")
	}
	if _, err := o.ClientSecret.Read(); err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: dialTimeout}
	if o.TLS != nil {
		config, err := o.TLS.Client()
		if err != nil {
			return nil, err
		}
		client.Transport = &http.Transport{DialTLSContext: security.Dial((&net.Dialer{Timeout: dialTimeout}).DialContext, config)}
	}
	return tokens{o, client}, nil
}

// tokens asks for a token, with the secret as it is then.
type tokens struct {
	OAuth
	client *http.Client
}

// Token implements oauth2.TokenSource. What the server answered is not repeated, since it may hold the secret.
func (t tokens) Token() (*oauth2.Token, error) {
	secret, err := t.ClientSecret.Read()
	if err != nil {
		return nil, err
	}
	cfg := clientcredentials.Config{ClientID: t.ClientID, ClientSecret: secret, TokenURL: t.TokenURL, Scopes: t.Scopes}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, t.client)
	token, err := cfg.Token(ctx)
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return nil, fmt.Errorf("it was refused: %s %s", refused.Response.Status, refused.ErrorCode)
	}
	return token, err
}

// Check finds what is wrong with the settings, and secrets and certificates that cannot be read, before anything connects.
func (s Security) Check() error {
	_, err := s.options(nil)
	return err
}
