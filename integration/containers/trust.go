package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// Who administers the cluster that knows its clients, for as long as a run of the tests takes.
const (
	adminUser     = "admin"
	adminPassword = "admin-secret"
)

const keystore = "/etc/kafka/tidemark-keystore.pem"

// trust is an authority and a broker's key and certificate, as PEM.
type trust struct{ ca, keystore []byte }

func makeTrust() (*trust, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tidemark tests"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	broker := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	cert, err := x509.CreateCertificate(rand.Reader, broker, authority, &key.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	return &trust{
		ca:       block("CERTIFICATE", ca),
		keystore: bytes.Join([][]byte{block("PRIVATE KEY", raw), block("CERTIFICATE", cert)}, nil),
	}, nil
}

func (t *trust) files() []testcontainers.ContainerFile {
	return []testcontainers.ContainerFile{{Reader: bytes.NewReader(t.keystore), ContainerFilePath: keystore, FileMode: 0o644}}
}

// settings are a broker's whose clients from outside log in over TLS, and may do what an ACL allows. A dash in a setting's
// name is three underscores.
func (t *trust) settings() map[string]string {
	return map[string]string{
		"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":                            "INTERNAL:PLAINTEXT,EXTERNAL:SASL_SSL,CONTROLLER:PLAINTEXT",
		"KAFKA_SASL_ENABLED_MECHANISMS":                                   "SCRAM-SHA-512,PLAIN",
		"KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG":             `org.apache.kafka.common.security.plain.PlainLoginModule required user_` + adminUser + `="` + adminPassword + `";`,
		"KAFKA_LISTENER_NAME_EXTERNAL_SCRAM___SHA___512_SASL_JAAS_CONFIG": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
		"KAFKA_SSL_KEYSTORE_TYPE":                                         "PEM",
		"KAFKA_SSL_KEYSTORE_LOCATION":                                     keystore,
		"KAFKA_AUTHORIZER_CLASS_NAME":                                     "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"KAFKA_SUPER_USERS":                                               "User:" + adminUser + ";User:ANONYMOUS",
		"KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND":                            "false",
	}
}
