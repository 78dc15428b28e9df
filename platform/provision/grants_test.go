package provision_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

// landscape makes a mesh by chance: some domains with data products of every mode, that read each other and others.
func landscape(r *rand.Rand) (external []port, products []product) {
	outputs := []port{}
	for i := range 3 {
		external = append(external, port{id: fmt.Sprintf("old.system%d.log", i), topic: fmt.Sprintf("legacy-%d", i)})
	}
	for i := range 12 {
		id := fmt.Sprintf("domain%d.product%d", r.IntN(4), i)
		p := product{id: id, mode: []string{"source", "guard", "observe"}[r.IntN(3)]}
		read := external[r.IntN(len(external))]
		if len(outputs) > 0 && r.IntN(2) == 0 {
			read = outputs[r.IntN(len(outputs))]
		}
		if p.mode != "source" {
			p.inputs = []port{read}
		}
		if p.mode != "observe" {
			p.outputs = []port{{id: id + ".items"}}
			outputs = append(outputs, p.outputs...)
		}
		if r.IntN(2) == 0 {
			p.extra = "  - {property: tidemark.delivery, value: at-least-once}\n"
		}
		products = append(products, p)
	}
	return external, products
}

// allowed tells what the contracts say that a domain's principal may do, from the data products alone.
func allowed(products []product, principal string, on kafka.ResourceKind, name string, op kafka.Operation) bool {
	for _, p := range products {
		domain, _, _ := strings.Cut(p.id, ".")
		if principal != "User:"+domain {
			continue
		}
		moves := p.mode == "guard"
		group := p.id + ".v1"
		switch on {
		case kafka.OnGroup:
			if op == kafka.Read && (name == group || p.mode == "source" && name == group+".checkpoint") {
				return true
			}
		case kafka.OnTransactionalID:
			if op == kafka.Write && strings.HasPrefix(name, group+":") && (p.mode == "source" || p.extra == "") {
				return true
			}
		case kafka.OnTopic:
			for _, in := range p.inputs {
				if name == in.name() && op == kafka.Read {
					return true
				}
			}
			for _, out := range p.outputs {
				if name == out.name() && (op == kafka.Write || op == kafka.Read && p.mode == "source") {
					return true
				}
			}
			if moves && (name == p.id+".retry" && op == kafka.Read || name == p.id+".dlq" && op == kafka.Write) {
				return true
			}
			switch name {
			case event.TopicProducts, event.TopicLifecycle, event.TopicHeartbeats, event.TopicFreshness:
				if op == kafka.Write {
					return true
				}
			case event.TopicVerdicts:
				if op == kafka.Read {
					return true
				}
			}
		}
	}
	return false
}

// No principal may read or write anything that its contracts do not say, whatever else has a name that begins alike.
func TestGrantsAreWhatContractsSay(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		external, products := landscape(r)
		acls := wanted(t, tree(external, products...), provision.Options{}).ACLs()
		things := map[kafka.ResourceKind][]string{kafka.OnTopic: event.ControlTopics()}
		add := func(on kafka.ResourceKind, names ...string) {
			for _, n := range names { // with what a prefix would open as well
				things[on] = append(things[on], n, n+"0", n+"-more", strings.TrimSuffix(n, "1"))
			}
		}
		principals := map[string]bool{}
		for _, p := range products {
			domain, _, _ := strings.Cut(p.id, ".")
			principals["User:"+domain] = true
			add(kafka.OnTopic, p.id+".items.v1", p.id+".dlq", p.id+".retry")
			add(kafka.OnGroup, p.id+".v1", p.id+".v1.checkpoint")
			things[kafka.OnTransactionalID] = append(things[kafka.OnTransactionalID], p.id+".v1:one:0", p.id+".v10:one:0", p.id+".v1", p.id+"0.v1:one:0")
		}
		for _, p := range external {
			add(kafka.OnTopic, p.name())
		}
		for principal := range principals {
			for on, names := range things {
				for _, name := range names {
					for _, op := range []kafka.Operation{kafka.Read, kafka.Write} {
						may, want := permits(acls, principal, on, name, op), allowed(products, principal, on, name, op)
						if may != want {
							t.Errorf("seed %d: %s %s %s %s: %v, the contracts say %v", seed, principal, op, on, name, may, want)
						}
					}
				}
			}
		}
		for _, acl := range acls {
			if !principals[acl.Principal] || acl.Deny || acl.Host != kafka.AnyHost || acl.Name == "*" ||
				acl.Prefixed != (acl.Kind == kafka.OnTransactionalID) || acl.Prefixed && !strings.HasSuffix(acl.Name, ":") {
				t.Errorf("seed %d: %s", seed, acl)
			}
		}
	}
}

// permits is Kafka's own rule.
func permits(acls []kafka.ACL, principal string, on kafka.ResourceKind, name string, op kafka.Operation) bool {
	for _, a := range acls {
		about := a.Name == name || a.Name == "*" || a.Prefixed && strings.HasPrefix(name, a.Name)
		if a.Principal == principal && a.Kind == on && about && a.Operation == op {
			return true
		}
	}
	return false
}

func TestPrincipals(t *testing.T) {
	p, err := provision.ParsePrincipals([]string{"User:CN={domain},O=shop", "till=User:svc-till", "books.desk=User:desk"})
	if err != nil || p.For("books") != "User:CN=books,O=shop" || p.For("till") != "User:svc-till" || p.Runs("books.desk") != "User:desk" || p.Runs("till.sales") != "User:svc-till" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range [][]string{{"User:all"}, {"{domain}"}, {"User:{domain}", "User:x-{domain}"}, {"till=User:*"}, {"till=x"}} {
		if _, err := provision.ParsePrincipals(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	for name, o := range map[string]provision.Options{
		"two domains, one principal": {Principals: provision.Principals{Of: map[string]string{"till": "User:books"}}},
		"an operator like a domain":  {Operators: []string{"User:books"}},
		"one password for all":       {Passwords: "file:/run/secret"},
		"a password on the line":     {Passwords: "hunter2-{user}"},
	} {
		if _, err := want(t, shopTree(), o); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	desk := provision.Options{Principals: provision.Principals{Of: map[string]string{"books.desk": "User:desk"}}}
	acls := wanted(t, shopTree(), desk).ACLs()
	if !permits(acls, "User:desk", kafka.OnTopic, "erp-orders", kafka.Read) || permits(acls, "User:books", kafka.OnTopic, "erp-orders", kafka.Read) {
		t.Error("a data product does not run as its own principal")
	}
}
