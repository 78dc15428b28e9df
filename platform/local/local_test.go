package local

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/broker"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/registry/registrytest"
)

func loaded(t *testing.T) *contract.Set {
	t.Helper()
	set, findings := contract.Load(os.DirFS("../../contracts"))
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	return set
}

func TestTakenAddressesAreSaid(t *testing.T) {
	taken, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for what, o := range map[string]Options{
		"kafka":    {ListenKafka: taken.Addr().String()},
		"registry": {ListenRegistry: taken.Addr().String()},
		"http":     {ListenHTTP: taken.Addr().String()},
	} {
		o.Contracts = os.DirFS("../../contracts")
		_, err := Start(t.Context(), o)
		var refused *AddressError
		if !errors.As(err, &refused) || refused.What != what || !refused.InUse() || refused.Address != taken.Addr().String() {
			t.Errorf("Start = %v, want an AddressError of %s", err, what)
		}
	}
}

func TestUnknownDomainsCannotBeLeftOut(t *testing.T) {
	o := Options{Contracts: os.DirFS("../../contracts"), Except: []string{"pets"}, Domains: []Domain{{Name: "orders"}}}
	if _, err := Start(t.Context(), o); err == nil {
		t.Error("a domain that does not exist was left out")
	}
}

// What reads a data product that is left out is absent too, however far down; the operational systems never are.
func TestAbsentGoesDownTheLineage(t *testing.T) {
	gone := absent(loaded(t), []string{"orders"})
	for _, id := range []string{"orders.orders", "orders.order-lines", "orders.order-status", "payments.invoices", "marketing.product-sales"} {
		if !gone[id] {
			t.Errorf("%s is not absent", id)
		}
	}
	for _, id := range []string{"orders.checkout", "payments.payments", "marketing.campaigns"} {
		if gone[id] {
			t.Errorf("%s is absent", id)
		}
	}
	if len(absent(loaded(t), nil)) > 0 {
		t.Error("something is absent where nothing is left out")
	}
}

// The claim names the control topics and what the sources make, and nothing of domains that do not run here.
func TestClaimIsWhatTheMeshMakes(t *testing.T) {
	c, err := claimOf(loaded(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"platform.mesh.freshness.v1", "orders.checkout.placed.v1", "catalog.pim.prices.v1"} {
		if !slices.Contains(c.topics, want) || !slices.Contains(c.subjects, want+"-value") {
			t.Errorf("%s is not claimed", want)
		}
	}
	for _, other := range []string{"orders.orders.orders.v1", "orders.orders.dlq"} {
		if slices.Contains(c.topics, other) {
			t.Errorf("%s is claimed, though its domain does not run here", other)
		}
	}
	if !slices.Contains(c.subjects, "orders.checkout.PlacedOrder") || !slices.Contains(c.groups, "catalog.pim.v1.checkpoint") {
		t.Errorf("subjects %v, groups %v", c.subjects, c.groups)
	}
}

// A group that has committed already would go on from there, wherever that is.
func TestClaimRefusesAGroupThatIsThere(t *testing.T) {
	b, err := broker.Start(broker.Config{Listen: anyPort})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	cl, err := connect(kafka.Config{Brokers: []string{b.Address()}}, registry.Config{URLs: []string{registrytest.Start(t)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &claim{groups: []string{"orders.orders.v1", "orders.order-lines.v1"}}
	if err := c.check(t.Context(), cl); err != nil {
		t.Fatal(err)
	}
	kc, err := kgo.NewClient(kgo.SeedBrokers(b.Address()))
	if err != nil {
		t.Fatal(err)
	}
	defer kc.Close()
	adm := kadm.NewClient(kc)
	if _, err := adm.CreateTopic(t.Context(), 1, 1, nil, "shop.orders"); err != nil {
		t.Fatal(err)
	}
	at := kadm.Offsets{}
	at.AddOffset("shop.orders", 0, 7, -1)
	if err := adm.CommitAllOffsets(t.Context(), "orders.order-lines.v1", at); err != nil {
		t.Fatal(err)
	}
	err = c.check(t.Context(), cl)
	if occupied, ok := errors.AsType[*OccupiedError](err); !ok || err.Error() != "the cluster has already consumer groups orders.order-lines.v1" {
		t.Errorf("got %v, %v", occupied, err)
	}
}

func TestPatienceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	err := patiently(ctx, slog.New(slog.DiscardHandler), "", func() error {
		if tries++; tries == 3 {
			cancel()
		}
		return errors.New("away")
	})
	if !errors.Is(err, context.Canceled) || tries != 3 {
		t.Errorf("%v after %d tries", err, tries)
	}
	if err := patiently(t.Context(), nil, "", func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestUnscaledReadsDecimals(t *testing.T) {
	for _, c := range []struct {
		bytes []byte
		want  string
	}{{nil, "0.0000"}, {[]byte{0x01}, "0.0001"}, {[]byte{0xff}, "-0.0001"}, {[]byte{0x00, 0xff}, "0.0255"}, {[]byte{0x05, 0x58, 0xd9, 0x9b}, "8970.8955"}} {
		if got := unscaled(c.bytes).String(); got != c.want {
			t.Errorf("% x is %s, want %s", c.bytes, got, c.want)
		}
	}
}
