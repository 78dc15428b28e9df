package provision_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

func TestDrift(t *testing.T) {
	w := newWorld(t, nil)
	shop := wanted(t, shopTree(), provision.Options{})
	w.apply(t, shop)
	if err := w.admin.EnsureTopics(t.Context(), kafka.Topic{Name: "erp-orders"}, kafka.Topic{Name: "books.ledger.old.v1"}); err != nil {
		t.Fatal(err)
	}
	d, err := w.Drift(t.Context(), shop)
	if err != nil || d.Errors() != 0 || len(d.Findings) != 1 || d.Findings[0].Rule != provision.RuleExtra || d.Checked[provision.Topic] == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	longer := "999999999999"
	for _, err := range []error{
		w.admin.DeleteTopics(t.Context(), "books.ledger.old.v1", "books.ledger.dlq", "erp-orders"),
		w.admin.SetTopic(t.Context(), "till.sales.items.v1", map[string]*string{"retention.ms": &longer}),
		w.admin.SetQuota(t.Context(), "till", kafka.Quota{Produce: 1}),
		w.admin.DeleteACLs(t.Context(), kafka.ACL{Principal: "User:books", Host: "*", Kind: kafka.OnGroup, Name: "books.ledger.v1", Operation: kafka.Read}),
		w.admin.CreateACLs(t.Context(),
			kafka.ACL{Principal: "User:till", Host: "*", Kind: kafka.OnTopic, Name: "books.ledger.entries.v1", Operation: kafka.Write},
			kafka.ACL{Principal: "User:guest", Host: "*", Kind: kafka.OnTopic, Name: "till", Prefixed: true, Operation: kafka.Write},
			kafka.ACL{Principal: "User:books", Host: "*", Kind: kafka.OnTopic, Name: "*", Operation: kafka.Read},
			kafka.ACL{Principal: "User:*", Host: "*", Kind: kafka.OnTopic, Name: "till.sales.items.v1", Operation: kafka.Read, Deny: true}),
		w.registry.SetLevel(t.Context(), "till.sales.items.v1-value", "NONE"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err = w.Drift(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]contract.Finding{}
	for _, f := range d.Findings {
		found[f.Rule+" "+f.Path] = f
	}
	for want, severity := range map[string]contract.Severity{
		"drift.missing topic books.ledger.dlq":                       contract.SeverityError,
		"drift.differs setting retention.ms of till.sales.items.v1":  contract.SeverityError,
		"drift.differs quota till":                                   contract.SeverityError,
		"drift.missing acl User:books on group books.ledger.v1":      contract.SeverityError,
		"drift.extra acl User:till on topic books.ledger.entries.v1": contract.SeverityError,
		"drift.differs level till.sales.items.v1-value":              contract.SeverityError,
		"provision.foreign-writer topic till.sales.items.v1":         contract.SeverityWarning,
		"provision.wide-acl acl User:books on topic *":               contract.SeverityWarning,
		"provision.denied acl User:* on topic till.sales.items.v1":   contract.SeverityError,
		"provision.input-missing topic erp-orders":                   contract.SeverityError,
	} {
		f, ok := found[want]
		if !ok || f.Severity != severity || provision.Meaning(f.Rule) == "" || f.File == "" {
			t.Errorf("%s: %+v", want, f)
		}
		delete(found, want)
	}
	if len(found) > 0 {
		t.Errorf("and also %s", names(found))
	}
	if f := d.Resources[provision.ACL]; f[provision.RuleMissing] != 1 || f[provision.RuleExtra] != 1 {
		t.Errorf("counted by kind: %v", d.Resources)
	}
	if !strings.Contains(names(steps(d.Plan)), "create topic books.ledger.dlq") {
		t.Error("it does not say what would mend it")
	}
}

func TestAClusterWithoutAnAuthorizer(t *testing.T) {
	w := newWorld(t, nil)
	o := provision.Options{NoAccess: true}
	plan := w.apply(t, wanted(t, shopTree(), o))
	for _, s := range plan.Steps {
		if s.Kind == provision.ACL || s.Kind == provision.Quota || s.Kind == provision.User {
			t.Errorf("there is a step for %s", s.Resource)
		}
	}
}

func TestBrokersThatCheckNobody(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cluster.ControlKey(int16(kmsg.DescribeACLs), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := r.ResponseKind().(*kmsg.DescribeACLsResponse)
		resp.ErrorCode = kerr.SecurityDisabled.Code
		return resp, nil, true
	})
	open, err := provision.Open(provision.Config{Kafka: kafka.Config{Brokers: cluster.ListenAddrs()}, Registry: registrytest.Client(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	d, err := open.Drift(t.Context(), wanted(t, shopTree(), provision.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Findings {
		if f.Rule == provision.RuleNoAccess && f.File == "acl:brokers" && f.Path == "acl brokers" {
			return
		}
	}
	t.Errorf("it says %+v", d.Findings)
}
