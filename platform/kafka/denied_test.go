package kafka_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Who is refused is told who he is to the brokers, what he asked for, and which ACL he lacks.
func TestRefusalsNameTheMissingGrant(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.EnableACLs(), kfake.SeedTopics(1, "theirs"),
		kfake.Superuser(kafka.Plain, "root", "root"), kfake.User(kafka.Plain, "orders", "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	as := func(user string) kafka.Config {
		return kafka.Config{Brokers: cluster.ListenAddrs(), Security: kafka.Security{
			Mechanism: kafka.Plain, Username: user, Password: security.SecretValue(user),
		}}
	}
	root, err := kafka.NewAdmin(as("root"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(root.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	mayDescribe := kafka.ACL{Principal: "User:orders", Host: kafka.AnyHost, Kind: kafka.OnTopic, Name: "theirs", Operation: kafka.Describe}
	if err := root.CreateACLs(ctx, mayDescribe); err != nil {
		t.Fatal(err)
	}
	me := as("orders")
	record := func() *kafka.Record { return &kafka.Record{Topic: "theirs", Value: []byte("v")} }
	for name, c := range map[string]struct {
		missing string
		call    func() error
	}{
		"a write": {"User:orders may write topic theirs", func() error {
			p, err := kafka.NewProducer(me, kafka.ProducerOptions{})
			if err != nil {
				return err
			}
			defer p.Close()
			return p.ProduceSync(ctx, record())
		}},
		"a read": {"User:orders may read topic theirs", func() error {
			r, err := kafka.NewReader(me, kafka.ReaderOptions{Topics: []string{"theirs"}})
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = r.Poll(ctx)
			return err
		}},
		"a group": {"User:orders may read group g", func() error {
			r, err := kafka.NewGroupReader(me, "g", "theirs")
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = r.Poll(ctx)
			return err
		}},
		"a session's group": {"User:orders may read group g", func() error {
			s, err := kafka.OpenSession(me, kafka.SessionOptions{Group: "g", Topics: []string{"theirs"}})
			if err != nil {
				return err
			}
			defer s.Close()
			_, err = s.Poll(ctx, 1, 5*time.Second)
			return err
		}},
		"a transaction": {"User:orders may write transactional-id g:one", func() error {
			p, err := kafka.NewTxProducer(me, "g:one")
			if err != nil {
				return err
			}
			defer p.Close()
			return p.Fence(ctx)
		}},
		"a session's transactions": {"User:orders may write transactional-id g:one:0", func() error {
			s, err := kafka.OpenSession(me, kafka.SessionOptions{Group: "g", Topics: []string{"theirs"}, TransactionalID: "g:one"})
			if err != nil {
				return err
			}
			defer s.Close()
			return s.Fence(ctx)
		}},
		"a look at a group": {"User:orders may describe group g", func() error {
			a, err := kafka.NewAdmin(me)
			if err != nil {
				return err
			}
			defer a.Close()
			_, err = a.GroupOffsets(ctx, "g")
			return err
		}},
		"a look at a topic": {"User:orders may describe topic hidden", func() error {
			a, err := kafka.NewAdmin(me)
			if err != nil {
				return err
			}
			defer a.Close()
			_, err = a.TopicStates(ctx, "hidden")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.call()
			denied, ok := errors.AsType[*kafka.DeniedError](err)
			if !ok {
				t.Fatalf("it does not say what is missing: %v", err)
			}
			if got := denied.Missing.String(); got != c.missing {
				t.Errorf("missing: %s, want %s", got, c.missing)
			}
			if fault.KindOf(kafka.Classify(err)) != fault.Fatal {
				t.Errorf("waiting would not help, but it is %v", fault.KindOf(kafka.Classify(err)))
			}
			for _, part := range []string{"User:orders", denied.Missing.Name, string(denied.Missing.Operation), "tidemark plan"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in: %v", part, err)
				}
			}
		})
	}
}

func TestPrincipal(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	key := filepath.Join(t.TempDir(), "key.pem")
	certify(t, cert, key)
	for want, s := range map[string]kafka.Security{
		"User:ANONYMOUS":        {},
		"User:orders":           {Mechanism: kafka.ScramSHA512, Username: "orders", TLS: &security.TLS{CertFile: cert, KeyFile: key}},
		"User:client":           {Mechanism: kafka.OAuthBearer, OAuth: kafka.OAuth{ClientID: "client"}},
		"User:CN=orders,O=shop": {TLS: &security.TLS{CertFile: cert, KeyFile: key}},
	} {
		if got := s.Principal(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// certify writes a certificate of CN=orders,O=shop and its key.
func certify(t *testing.T, certFile, keyFile string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "orders", Organization: []string{"shop"}}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
