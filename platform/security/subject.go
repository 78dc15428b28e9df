package security

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// Subject is whom the client's certificate is for, as RFC 2253 writes it: CN=orders,O=shop. It is "" where there is no
// certificate, and reads the file as it is now.
func (t TLS) Subject() (string, error) {
	if t.CertFile == "" {
		return "", nil
	}
	cfg, err := t.config()
	if err != nil {
		return "", err
	}
	if len(cfg.Certificates) == 0 || len(cfg.Certificates[0].Certificate) == 0 {
		return "", errors.New("tls: there is no certificate")
	}
	certificate, err := x509.ParseCertificate(cfg.Certificates[0].Certificate[0])
	if err != nil {
		return "", fmt.Errorf("tls: %s: %w", t.CertFile, err)
	}
	var names pkix.RDNSequence // in the certificate's own order, which a pkix.Name forgets
	if _, err := asn1.Unmarshal(certificate.RawSubject, &names); err != nil {
		return "", fmt.Errorf("tls: %s: %w", t.CertFile, err)
	}
	return names.String(), nil
}
