package mesh

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// world is a mesh with a clock of its own, whose decisions come back to it as through the topics.
type world struct {
	*Mesh
	t       *testing.T
	now     time.Time
	offsets map[string]int64
	queue   []event.Event // sent and not yet back
	said    []event.Event // all that was ever sent
	deaf    bool          // what is sent is lost
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: noon, offsets: map[string]int64{}}
	w.Mesh = New(Options{
		Clock: func() time.Time { return w.now },
		Send:  func(e event.Event) { w.queue, w.said = append(w.queue, e), append(w.said, e) },
	})
	w.progress.expect(nil, w.now)
	return w
}

// hear folds events in, in their order, one partition a topic.
func (w *world) hear(events ...event.Event) {
	for _, e := range events {
		at := position{e.Topic(), 0, w.offsets[e.Topic()]}
		w.offsets[e.Topic()]++
		w.fold(at, func(s *state) bool { return s.apply(at, e) })
	}
}

// wait lets time pass, with a tick of the judge every half second; meanwhile is called after each.
func (w *world) wait(d time.Duration, meanwhile ...func()) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(500 * time.Millisecond)
		for _, f := range meanwhile {
			f()
		}
		w.tick()
		if !w.deaf {
			w.hear(w.queue...)
		}
		w.queue = nil
	}
}

// transitions and breaches are what the platform said, one line each.
func (w *world) transitions() (lines []string) {
	for _, e := range w.said {
		if l, ok := e.(*event.Lifecycle); ok {
			lines = append(lines, fmt.Sprintf("%s %s: %s -> %s", l.At.Format("15:04:05"), l.Subject, l.Previous, l.State))
		}
	}
	return lines
}

func (w *world) breachLines() (lines []string) {
	for _, e := range w.said {
		if b, ok := e.(*event.Breach); ok {
			if b.End == nil {
				lines = append(lines, fmt.Sprintf("%s begins %s: %s", b.Port, b.Start.Format("15:04:05"), b.Cause))
			} else {
				lines = append(lines, fmt.Sprintf("%s ends %s", b.Port, b.End.Format("15:04:05")))
			}
		}
	}
	return lines
}

func (w *world) health(port string) Health {
	w.t.Helper()
	p, ok := w.Port(port)
	if !ok {
		w.t.Fatalf("no port %s", port)
	}
	return p.Health
}

func (w *world) expectLines(what string, got []string, want ...string) {
	w.t.Helper()
	if g, x := strings.Join(got, "\n"), strings.Join(want, "\n"); g != x {
		w.t.Errorf("%s:\n%s\nwant:\n%s", what, g, x)
	}
}

// contractOf is the descriptor of a port's contract that promises a freshness; "" promises none.
func contractOf(topic, freshness string) *event.Descriptor {
	parts := strings.Split(topic, ".")
	doc := fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:%s:%s:%s:%s
name: %s of %s
version: %s.0.0
status: active
domain: %[1]s
tags: [%[1]s, sales]
description:
  purpose: What %[2]s says about %[3]s.
schema:
  - name: Record
    physicalName: %[7]s
    physicalType: topic
    logicalType: object
    properties:
      - name: orderId
        logicalType: string
        physicalType: string
        required: true
      - name: at
        logicalType: timestamp
        physicalType: timestamp-millis
        required: true
      - name: lines
        logicalType: array
        physicalType: array
        items:
          logicalType: object
          physicalType: record
          properties:
            - name: sku
              logicalType: string
              physicalType: string
team:
  name: %[1]s-team
customProperties:
  - property: tidemark.eventTime
    value: at
`, parts[0], parts[1], parts[2], parts[3][1:], parts[2], parts[1], topic)
	doc = strings.Replace(doc, fmt.Sprintf("version: %s.0.0", parts[1]), fmt.Sprintf("version: %s.0.0", parts[3][1:]), 1)
	if freshness != "" {
		value, unit, _ := strings.Cut(freshness, " ")
		doc += fmt.Sprintf("slaProperties:\n  - property: freshness\n    value: %s\n    unit: %s\n", value, unit)
	}
	return &event.Descriptor{
		Kind: "contract", ID: contractID(topic), Version: parts[3][1:] + ".0.0", Digest: "sha256:" + topic,
		Document: doc, Schema: `{"type":"record","name":"Record","fields":[]}`, PublishedBy: "test", PublishedAt: noon.Add(-time.Hour),
	}
}

func contractID(topic string) string {
	parts := strings.Split(topic, ".")
	return fmt.Sprintf("urn:datamesh:%s:%s:%s:%s", parts[0], parts[1], parts[2], parts[3][1:])
}

// productOf is the descriptor of a data product that reads and writes topics.
func productOf(id, mode string, instances int, inputs, outputs []string) *event.Descriptor {
	domain, name, _ := strings.Cut(id, ".")
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: v1.0.0
kind: DataProduct
id: %s
name: %s
version: 1.0.0
status: active
domain: %s
tags: [%s]
description:
  purpose: The %s of %s.
team:
  name: %[3]s-team
`, id, name, domain, domain, name, domain)
	ports := func(key string, topics []string) {
		if len(topics) == 0 {
			return
		}
		fmt.Fprintf(&b, "%s:\n", key)
		for _, topic := range topics {
			parts := strings.Split(topic, ".")
			fmt.Fprintf(&b, "  - name: %s\n    version: %s.0.0\n    contractId: %s\n", parts[2], parts[3][1:], contractID(topic))
		}
	}
	ports("inputPorts", inputs)
	ports("outputPorts", outputs)
	fmt.Fprintf(&b, "customProperties:\n  - property: tidemark.mode\n    value: %s\n  - property: tidemark.instances\n    value: %d\n", mode, instances)
	return &event.Descriptor{
		Kind: "dataProduct", ID: id, Version: "1.0.0", Digest: "sha256:" + id, Document: b.String(), Mode: mode,
		PublishedBy: "test", PublishedAt: noon.Add(-time.Hour),
	}
}

// process is one process of an instance, as its own events show it.
type process struct {
	w           *world
	name        string
	incarnation string
	started     time.Time
	interval    time.Duration
	products    []event.HeldDataProduct
	sequence    int64
}

func (w *world) start(name, incarnation string, products ...string) *process {
	p := &process{w: w, name: name, incarnation: incarnation, started: w.now, interval: time.Second}
	for _, id := range products {
		p.products = append(p.products, event.HeldDataProduct{ID: id, Version: "1.0.0", Mode: "transform", State: "running", Generation: 1})
	}
	return p
}

func (p *process) beat() {
	p.w.hear(&event.Heartbeat{
		Instance: p.name, Incarnation: p.incarnation, At: p.w.now, IntervalMillis: int32(p.interval.Milliseconds()),
		StartedAt: p.started, Version: "v1", DataProducts: append([]event.HeldDataProduct(nil), p.products...),
	})
}

// beating says a heartbeat whenever one is due; for wait.
func (p *process) beating() func() {
	var last time.Time
	return func() {
		if p.w.now.Sub(last) >= p.interval {
			last = p.w.now
			p.beat()
		}
	}
}

func (p *process) says(subject, state, previous string) {
	p.w.hear(&event.Lifecycle{Subject: subject, State: state, Previous: previous, At: p.w.now, Instance: p.name, Incarnation: p.incarnation})
}

// flows is a freshness event of one of its ports; change adjusts it.
func (p *process) flows(port, input string, partition int32, newest time.Time, change ...func(*event.Freshness)) {
	p.sequence++
	parts := strings.Split(port, ".")
	e := &event.Freshness{
		Port: port, DataProduct: parts[0] + "." + parts[1], Mode: "transform", InputTopic: input, InputPartition: partition,
		Instance: p.name, Incarnation: p.incarnation, Generation: 1, Sequence: p.sequence, At: p.w.now,
		Position: 10, End: 10, Accepted: 10, Records: 10, ContractDigest: "sha256:" + port,
	}
	if port == input {
		e.Mode, e.Generation = "source", -1
	}
	if !newest.IsZero() {
		e.EventTime, e.UpdatedAt = &newest, &e.At
	}
	for _, f := range change {
		f(e)
	}
	p.w.hear(e)
}

func idle(e *event.Freshness)     { e.Idle = true }
func backfill(e *event.Freshness) { e.Backfill = true }

func behind(n int64) func(*event.Freshness) {
	return func(e *event.Freshness) { e.End = e.Position + n }
}

func offsets(position, end int64, verified ...event.VerifiedRange) func(*event.Freshness) {
	return func(e *event.Freshness) { e.Position, e.End, e.Verified = position, end, verified }
}
