//go:build integration

package integration

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// secured runs the mesh on a cluster that knows its clients and allows nobody what no ACL says: `tidemark apply` makes
// topics, users and ACLs of the contracts, each domain speaks for itself, and what is another's it may not touch.
func secured(t *testing.T, bin string) {
	admin := reach(t, "a cluster with SASL, TLS and ACLs", kafkatest.Secure)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m := dataproducttest.NewMeshOn(t, kafkatest.Claim(t, admin))
	c := open(t, m.Kafka, m.RegistryURL)
	c.revoke(t, ctx)
	t.Cleanup(func() { c.revoke(t, context.Background()) })

	s := &secrets{t: t, dir: t.TempDir(), cluster: c}
	for _, who := range append([]string{"platform", "shop", "administrator"}, domainNames...) {
		s.write(who, who+"-secret")
	}
	password, err := admin.Security.Password.Read()
	if err != nil {
		t.Fatal(err)
	}
	s.write("administrator", password)
	apply := exec.CommandContext(ctx, filepath.Join(bin, "tidemark"), "apply", "--yes", "--contracts", "../contracts", "--replicas", "1",
		"--passwords", "file:"+s.file("{user}"))
	apply.Env = append(s.settings("administrator"), "TIDEMARK_SASL_USERNAME="+admin.Security.Username, "TIDEMARK_SASL_MECHANISM="+admin.Security.Mechanism, "HOME="+s.dir)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("tidemark apply: %v\n%s", err, out)
	}
	s.hireShop(ctx)

	f := newFleet(t, bin, c, s.settings)
	f.platform()
	for _, name := range domainNames {
		f.domain(name, name)
	}
	f.shop(50)
	f.ready(ctx)
	f.progress(ctx, "orders.orders")
	t.Run("another domain's topic is refused", func(t *testing.T) { s.refused(t, ctx, f) })
	f.settle(ctx)
	judge(t, ctx, c)
	f.ready(ctx)
	f.stop(ctx)
}

// secrets are the principals' passwords, in a file each.
type secrets struct {
	t       *testing.T
	dir     string
	cluster *cluster
}

func (s *secrets) file(who string) string { return filepath.Join(s.dir, who) }

func (s *secrets) write(who, password string) {
	s.t.Helper()
	if err := os.WriteFile(s.file(who), []byte(password), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// settings are how a principal reaches the cluster.
func (s *secrets) settings(who string) []string {
	return append(plain(s.cluster)(who), "TIDEMARK_TLS=true", "TIDEMARK_TLS_CA_FILE="+s.cluster.kafka.Security.TLS.CAFile,
		"TIDEMARK_SASL_MECHANISM="+kafka.ScramSHA512, "TIDEMARK_SASL_USERNAME="+who, "TIDEMARK_SASL_PASSWORD_FILE="+s.file(who))
}

// as is how a principal reaches the cluster in this process.
func (s *secrets) as(who string) kafka.Config {
	return kafka.Config{Brokers: s.cluster.kafka.Brokers, Security: kafka.Security{
		TLS: s.cluster.kafka.Security.TLS, Mechanism: kafka.ScramSHA512, Username: who, Password: security.SecretFile(s.file(who)),
	}}
}

// hireShop makes the shop's principal. It plays every domain's operational systems at once, so it may do what they all may.
func (s *secrets) hireShop(ctx context.Context) {
	s.t.Helper()
	if err := s.cluster.admin.SetScramUser(ctx, "shop", security.SecretFile(s.file("shop"))); err != nil {
		s.t.Fatal(err)
	}
	all, err := s.cluster.admin.ACLs(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	var shop []kafka.ACL
	for _, acl := range all {
		if acl.Principal != "User:platform" {
			acl.Principal = "User:shop"
			shop = append(shop, acl)
		}
	}
	if err := s.cluster.admin.CreateACLs(ctx, shop...); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cluster.admin.AwaitAccess(ctx, shop, []string{"shop"}); err != nil {
		s.t.Fatal(err)
	}
}

// refused lets a domain write another's topic, and run another's data products. Both must be told what is missing.
func (s *secrets) refused(t *testing.T, ctx context.Context, f *fleet) {
	const topic = "payments.payments.payments.v1"
	p, err := kafka.NewProducer(s.as("orders"), kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	err = p.ProduceSync(ctx, &kafka.Record{Topic: topic, Key: []byte("k"), Value: []byte("v")})
	if err == nil {
		t.Fatalf("orders wrote %s", topic)
	}
	if denied, ok := errors.AsType[*kafka.DeniedError](err); !ok || denied.Missing.String() != "User:orders may write topic "+topic {
		t.Errorf("the refusal does not say which grant is missing: %v", err)
	}
	if fault.KindOf(kafka.Classify(err)) != fault.Fatal {
		t.Errorf("the refusal is %v, not fatal: %v", fault.KindOf(kafka.Classify(err)), err)
	}

	intruder := start(t, "intruder", filepath.Join(f.bin, "payments"), s.settings("orders"), "--instance", "intruder", "--verdict-wait", "-1s")
	select {
	case <-intruder.done:
	case <-ctx.Done():
		t.Fatal("payments' data products run as orders")
	}
	if intruder.exit == nil {
		t.Error("payments' data products ended well as orders")
	}
	said := intruder.last(3)
	for _, part := range []string{topic, "no right", "User:orders"} {
		if !strings.Contains(said, part) {
			t.Errorf("what it said has no %q", part)
		}
	}
}

// revoke takes every ACL and the domains' users away; the administrator needs none.
func (c *cluster) revoke(t *testing.T, ctx context.Context) {
	t.Helper()
	acls, err := c.admin.ACLs(ctx)
	if err == nil {
		err = c.admin.DeleteACLs(ctx, acls...)
	}
	users := append([]string{"platform", "shop"}, domainNames...)
	there, listed := c.admin.ScramUsers(ctx)
	for _, user := range users {
		if listed == nil && there[user] {
			listed = c.admin.DeleteScramUser(ctx, user)
		}
	}
	if err := errors.Join(err, listed); err != nil {
		t.Fatal(err)
	}
}
