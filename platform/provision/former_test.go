package provision_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

func principals(t *testing.T, said ...string) provision.Principals {
	t.Helper()
	p, err := provision.ParsePrincipals(said)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rightsOf are the ACLs that a principal has.
func (w *world) rightsOf(t *testing.T, principal string) (rights []string) {
	t.Helper()
	acls, err := w.admin.ACLs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, acl := range acls {
		if acl.Principal == principal {
			rights = append(rights, acl.String())
		}
	}
	return rights
}

// Who a domain was to the brokers before keeps nothing, once it is named.
func TestFormerPrincipalsLoseTheirRights(t *testing.T) {
	for _, first := range []string{"till", "svc-till"} {
		w := newWorld(t, map[string]string{"PW_TILL": "x", "PW_SVC_TILL": "x", "PW_BOOKS": "x", "PW_BOB": "x"})
		o := provision.Options{Passwords: "env:PW_{USER}", Principals: principals(t, "till=User:"+first)}
		w.apply(t, wanted(t, shopTree(), o))
		former := "User:" + first
		o.Principals = principals(t, "till=User:bob")
		w.apply(t, wanted(t, shopTree(), o))
		had := len(w.rightsOf(t, former))
		if err := w.admin.CreateACLs(t.Context(), kafka.ACL{Principal: former, Host: "*", Kind: kafka.OnTopic, Name: "private", Operation: kafka.Read}); err != nil {
			t.Fatal(err)
		}
		drift, err := w.Drift(t.Context(), wanted(t, shopTree(), o))
		if err != nil {
			t.Fatal(err)
		}
		told := ""
		for _, f := range drift.Findings {
			told += f.Message + "\n"
		}
		if !strings.Contains(told, `"tidemark apply --prune `+former+`"`) {
			t.Errorf("drift says\n%s", told)
		}
		o.Prune = []string{former}
		plan := w.plan(t, wanted(t, shopTree(), o))
		for _, kind := range []string{"quota", "user"} {
			if _, ok := steps(plan)["delete "+kind+" "+first]; !ok {
				t.Errorf("the %s stays; the steps are\n%s", kind, names(steps(plan)))
			}
		}
		for _, r := range plan.Remarks {
			if r.Rule == provision.RuleWriter || r.Rule == provision.RulePrune {
				t.Errorf("it remarks %s: %s", r.Rule, r.Message)
			}
		}
		if _, err := w.Apply(t.Context(), plan, provision.ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
		if left := w.rightsOf(t, former); had == 0 || len(left) != 1 || !strings.Contains(left[0], "private") {
			t.Errorf("of %d rights it keeps %v", had, left)
		}
		if quotas, err := w.admin.Quotas(t.Context()); err != nil || quotas[first] != (kafka.Quota{}) {
			t.Errorf("its quota is %v, %v", quotas[first], err)
		}
		if left := w.plan(t, wanted(t, shopTree(), o)); len(left.Steps) > 0 {
			t.Errorf("there is still %v to do", left.Summary())
		}
		if n := len(w.rightsOf(t, "User:bob")); n != had {
			t.Errorf("the new principal has %d rights, the former had %d", n, had)
		}
	}
}

// A former principal that runs something of another tree keeps what it needs for that; and who only reads a port, or is nobody
// that ran anything here, keeps all.
func TestOthersPrincipalsKeepTheirRights(t *testing.T) {
	w := newWorld(t, nil)
	shared := provision.Options{Principals: principals(t, "till.sales=User:shop", "books.desk=User:shop")}
	w.apply(t, wanted(t, shopTree(), shared))
	if err := w.admin.CreateACLs(t.Context(), kafka.ACL{Principal: "User:guest", Host: "*", Kind: kafka.OnTopic, Name: "till.sales.items.v1", Operation: kafka.Read}); err != nil {
		t.Fatal(err)
	}
	till := tree(nil, shop()[0]) // another tree has the books
	o := provision.Options{Prune: []string{"User:shop", "User:guest", "User:books"}}
	w.apply(t, wanted(t, till, o))
	for _, right := range w.rightsOf(t, "User:shop") {
		if strings.Contains(right, "till.") {
			t.Errorf("it keeps %s", right)
		}
	}
	if len(w.rightsOf(t, "User:shop")) < 5 || len(w.rightsOf(t, "User:guest")) != 1 {
		t.Errorf("they keep %v and %v", w.rightsOf(t, "User:shop"), w.rightsOf(t, "User:guest"))
	}
	if quotas, err := w.admin.Quotas(t.Context()); err != nil || quotas["shop"] == (kafka.Quota{}) {
		t.Errorf("its quota is %v, %v", quotas["shop"], err)
	}
}

func TestPrincipalsOfNobodyAreRefused(t *testing.T) {
	set, _ := contract.Load(shopTree())
	for said, want := range map[string]string{
		"nope=User:zed":         "no contract has the domain nope, which is to be User:zed; there are books, old, platform, till",
		"till.nope=User:zed":    "there is no data product till.nope, which is to run as User:zed; there are books.desk, books.ledger, till.sales",
		"till=User:zed":         "",
		"old=User:zed":          "", // it writes what is read here
		"platform=User:zed":     "",
		"books.ledger=User:zed": "",
		"gone=User:zed":         "no contract has the domain gone",
	} {
		if err := principals(t, said).Check(set, nil); want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", said, err)
		}
	}
	for _, pruned := range []string{"gone.ship", "gone.ship.out.v1", "User:zed", "zed", "gone.ship@1.0.0"} {
		if err := principals(t, "gone=User:zed").Check(set, []string{pruned}); err != nil {
			t.Errorf("with --prune %s: %v", pruned, err)
		}
	}
}

// The principal of a domain that is gone altogether loses all.
func TestPrincipalsOfDomainsThatAreGone(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(t, wanted(t, shopTree(), provision.Options{}))
	w.apply(t, wanted(t, tree(nil, shop()[0]), provision.Options{Prune: []string{"User:books"}}))
	if left := w.rightsOf(t, "User:books"); len(left) > 0 {
		t.Errorf("it keeps %v", left)
	}
	if quotas, err := w.admin.Quotas(t.Context()); err != nil || quotas["books"] != (kafka.Quota{}) {
		t.Errorf("its quota is %v, %v", quotas["books"], err)
	}
}
