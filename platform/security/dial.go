package security

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"
)

// handshakeTimeout bounds a TLS handshake.
const handshakeTimeout = 10 * time.Second

// A Dialer makes connections, as net.Dialer.DialContext does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Dial puts TLS over a dialer's connections. It asks for the configuration at each connection, since certificates are
// renewed; see TLS.Client.
func Dial(dial Dialer, config func() (*tls.Config, error)) Dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		cfg, err := config()
		if err != nil {
			return nil, err
		}
		if cfg.ServerName == "" {
			cfg = cfg.Clone()
			if cfg.ServerName, _, err = net.SplitHostPort(address); err != nil {
				return nil, err
			}
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
		defer cancel()
		secured := tls.Client(conn, cfg)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close() // it is of no use, and the handshake's error says why
			return nil, fmt.Errorf("tls with %s: %w", address, err)
		}
		return secured, nil
	}
}
