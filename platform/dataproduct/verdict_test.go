package dataproduct_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/bus"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// verdict is what a platform would say of the clean port's contract, as the tester's data product publishes it.
func (b *bench) verdict(outcome string) *event.Verdict {
	b.t.Helper()
	c, _ := b.set.Contract("urn:datamesh:shop:tester:clean:1")
	p, _ := b.set.DataProduct("shop.tester")
	v := &event.Verdict{
		Digest: c.Digest(), Contract: c.ID, Version: c.Version, DataProduct: p.ID, DataProductDigest: p.Digest(),
		Outcome: outcome, Policies: "sha256:x", JudgedBy: "test", JudgedAt: time.Now(),
	}
	if outcome == event.Denied {
		v.Findings = []event.PolicyFinding{{Rule: "tidemark.owner", Severity: "error", Message: "the contract names no owner"}}
	}
	return v
}

// judge says verdicts as a platform does.
func (b *bench) judge(verdicts ...*event.Verdict) {
	b.t.Helper()
	c, err := bus.OpenControl(b.Context(), b.Kafka, b.Registry, control, "tidemark://platform")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range verdicts {
		c.Send(v)
	}
	if err := c.Close(b.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// testers are a till with a guard behind it, whose contract may say more.
func testers(extra string) []product {
	return []product{till(), {id: "shop.tester", mode: "guard", in: till().out, out: []port{{id: "shop.tester.clean", extra: extra}}}}
}

// tester runs the guard with a wait for its verdict.
func (b *bench) tester(wait time.Duration, listener lifecycle.Listener) *dataproduct.Instance {
	b.t.Helper()
	cfg := b.config("one")
	cfg.VerdictWait, cfg.Listener = wait, listener
	i, err := dataproduct.New(cfg, dataproduct.Guard("shop/tester"))
	if err != nil {
		b.t.Fatal(err)
	}
	return i
}

// until waits for a state of the guard.
func (b *bench) until(i *dataproduct.Instance, want lifecycle.State) {
	b.t.Helper()
	b.Eventually(func(context.Context) error {
		if got := i.States()["shop.tester"]; got != want {
			return fmt.Errorf("it is %s, not %s", got, want)
		}
		return nil
	})
}

// background runs an instance until the test ends.
func (b *bench) background(i *dataproduct.Instance) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- i.Run(ctx) }()
	b.t.Cleanup(func() { cancel(); <-done })
}

func TestWhatIsDeniedDoesNotStart(t *testing.T) {
	b := newBench(t, testers("")...)
	b.judge(b.verdict(event.Allowed), b.verdict(event.Denied)) // the newest counts
	err := b.tester(time.Minute, lifecycle.Listener{}).Run(b.Context())
	if err == nil || !strings.Contains(err.Error(), "shop.tester") || !strings.Contains(err.Error(), "tidemark.owner: the contract names no owner") {
		t.Fatalf("it ended with %v", err)
	}
	if _, err := b.Admin.Partitions(b.Context(), "shop.tester.clean.v1"); err == nil {
		t.Error("the output port's topic was made all the same")
	}
}

func TestWhatIsAllowedStarts(t *testing.T) {
	b := newBench(t, testers("")...)
	b.sales(0, 0, 3)
	stale := b.verdict(event.Denied)
	stale.DataProductDigest = "sha256:another"
	b.judge(stale) // given on another version of the data product, which is not what waits here
	i := b.tester(time.Minute, lifecycle.Listener{})
	b.background(i)
	b.until(i, lifecycle.Provisioning)
	b.judge(b.verdict(event.Allowed))
	b.until(i, lifecycle.Running)
	b.once("shop.tester.clean.v1", 3, 0)
}

func TestWhatNobodyJudgesStartsUnjudged(t *testing.T) {
	b := newBench(t, testers("")...)
	causes := make(chan string, 100)
	i := b.tester(50*time.Millisecond, lifecycle.Listener{Changed: func(c lifecycle.Transition) {
		if c.To == lifecycle.Starting && strings.HasPrefix(c.Subject, "data-product/") {
			causes <- c.Cause
		}
	}})
	b.background(i)
	b.until(i, lifecycle.Running)
	if cause := <-causes; !strings.HasPrefix(cause, "unjudged") || !strings.Contains(cause, "urn:datamesh:shop:tester:clean:1") {
		t.Errorf("it started because %q", cause)
	}
}

func TestAContractMayDemandAVerdict(t *testing.T) {
	b := newBench(t, testers("  - {property: tidemark.verdict, value: required}\n")...)
	i := b.tester(time.Millisecond, lifecycle.Listener{})
	b.background(i)
	b.until(i, lifecycle.Provisioning)
	if _, err := b.Admin.Partitions(b.Context(), "shop.tester.clean.v1"); err == nil {
		t.Error("it went on without a verdict")
	}
	b.judge(b.verdict(event.Allowed))
	b.until(i, lifecycle.Running)
}

// A batch among the verdicts that is too large holds up nobody: neither is it waited for, nor what comes before it lost.
func TestBombAmongVerdicts(t *testing.T) {
	b := newBench(t, testers("  - {property: tidemark.verdict, value: required}\n")...)
	b.Kafka.MaxBatchBytes = 1 << 20
	b.judge(b.verdict(event.Allowed))
	n, err := b.Admin.Partitions(b.Context(), event.TopicVerdicts)
	if err != nil {
		t.Fatal(err)
	}
	for p := range n {
		kafkatest.Bomb(t, b.Kafka, kafka.TopicPartition{Topic: event.TopicVerdicts, Partition: int32(p)}, kafka.CompressZstd, 2<<20)
	}
	i := b.tester(time.Minute, lifecycle.Listener{})
	b.background(i)
	b.until(i, lifecycle.Running)
}

// A source of several data products waits once for verdicts that nobody gives, not once for each.
func TestSourcesWaitForTheirVerdictsTogether(t *testing.T) {
	const wait = 2 * time.Second
	products := []product{till()}
	declared := []dataproduct.Product{dataproduct.Source("shop/till", dataproduct.Out[Sale]("sales"))}
	for _, name := range []string{"one", "two", "three", "four"} {
		products = append(products, product{id: "shop." + name, mode: "source", out: []port{{id: "shop." + name + ".sales"}}})
		declared = append(declared, dataproduct.Source("shop/"+name, dataproduct.Out[Sale]("sales")))
	}
	b := newBench(t, products...)
	cfg := b.config("one")
	cfg.VerdictWait = wait
	ctx, cancel := context.WithTimeout(t.Context(), 4*wait) // five waits are more
	defer cancel()
	s, err := dataproduct.OpenSource(ctx, cfg, declared...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(b.Context()); err != nil {
		t.Error(err)
	}
}
