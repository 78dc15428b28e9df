package dataproduct

import (
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// countedIn is what is counted of a port: its contract's metrics, and the promises of uniqueness that cannot be enforced
// in that mode. Nil for nothing. What it needs of the walker is put into the options.
func countedIn(m Mode, c *contract.Contract, o *avro.Options) *quality.Plan {
	rules := c.Metrics()
	for _, u := range c.Uniques() {
		if !u.Keyed || m == ModeSource || m == ModeTransform {
			rules = append(rules, u.Metric())
		}
	}
	if len(rules) == 0 {
		return nil
	}
	return quality.NewPlan(rules, o)
}

// beyond are the rules of a guard's output that its input does not enforce already.
func beyond(rules []avro.Rule, set *contract.Set, inputs []contract.Port) []avro.Rule {
	var had []avro.Rule
	for _, in := range inputs {
		if c, ok := set.Contract(in.ContractID); ok {
			rules, _ := c.Rules()
			had = append(had, rules...)
		}
	}
	return slices.DeleteFunc(slices.Clone(rules), func(o avro.Rule) bool {
		return slices.ContainsFunc(had, func(i avro.Rule) bool {
			return slices.Equal(i.Path, o.Path) && i.Kind == o.Kind && i.Text == o.Text && slices.Equal(i.Values, o.Values) && i.Severity <= o.Severity
		})
	})
}

// checks compiles what the output's contract asks of a writer's records beyond the input's, if it asks more or counts.
func (o *outputPort) checks(w *writer) *fault.Rejection {
	if !o.more && o.quality == nil && len(o.expressions.all) == 0 {
		return nil
	}
	checked := o.checked
	checked.Reader = o.contract.Schema()
	program, err := avro.Compile(w.schema, checked)
	if err != nil {
		return &fault.Rejection{Reason: fault.SchemaIncompatible, Message: "the writer's schema cannot be read by the output port's contract"}
	}
	w.output, w.outputNotes = program, program.NewNotes()
	return nil
}

// counting is what the record in hand comes to in the metrics, until it is accepted.
type counting struct {
	hasher   quality.Hasher
	samples  []quality.Sample
	records  []counted
	warnings []string // output.<rule>
}

// counted is one record on a port: its samples are samples[from:to]. An observed port is nil.
type counted struct {
	port     *outputPort
	from, to int
}

func (c *counting) reset() {
	c.samples, c.records, c.warnings = c.samples[:0], c.records[:0], c.warnings[:0]
}

func (c *counting) take(port *outputPort, plan *quality.Plan, notes *avro.Notes) {
	if plan == nil {
		return
	}
	from := len(c.samples)
	c.samples = plan.Sample(c.samples, notes, &c.hasher)
	c.records = append(c.records, counted{port, from, len(c.samples)})
}

// warn notes rules of severity warning that a record on a port breaks.
func (c *counting) warn(rules ...string) {
	for _, rule := range rules {
		c.warnings = append(c.warnings, string(fault.OnOutput(fault.Reason(rule))))
	}
}

// count adds all to the partition's counts of the running round.
func (c *counting) count(p *partition, now time.Time) {
	for _, r := range c.records {
		if counter := p.counters[r.port]; counter != nil {
			counter.Add(c.samples[r.from:r.to], now)
		}
	}
	for _, rule := range c.warnings {
		p.warned.add(rule, 1)
	}
}

// counters opens the counters of a new partition: one for each port that it is counted for.
func (r *runner) counters(p *partition) error {
	open := func(port *outputPort, plan *quality.Plan, c *contract.Contract) error {
		if plan == nil {
			return nil
		}
		counter, err := quality.Resume(plan, c.QualityWindow(), r.host.now(), p.committed.Quality[qualityKey(port, c)])
		if err != nil {
			return fault.Fatally(err)
		}
		if p.counters == nil {
			p.counters = make(map[*outputPort]*quality.Counter)
		}
		p.counters[port] = counter
		return nil
	}
	if r.plan.mode == ModeObserve {
		return open(nil, p.input.quality, p.input.contract)
	}
	for _, out := range r.plan.outputs {
		if err := open(out, out.quality, out.contract); err != nil {
			return err
		}
	}
	return nil
}

// saved is what a round's commit keeps of the counters, so that they go on where the partition does.
func (r *runner) saved(p *partition) map[string]*quality.Saved {
	if len(p.counters) == 0 {
		return nil
	}
	all := make(map[string]*quality.Saved, len(p.counters))
	for port, counter := range p.counters {
		all[qualityKey(port, portContract(p, port))] = counter.Save()
	}
	return all
}

// portContract is the contract that a port is counted by: the input's where it is observed.
func portContract(p *partition, port *outputPort) *contract.Contract {
	if port == nil {
		return p.input.contract
	}
	return port.contract
}

// qualityKey names what is counted of a port: a changed contract begins anew. An observed port has no name.
func qualityKey(port *outputPort, c *contract.Contract) string {
	if port == nil {
		return rangeKey("", c)
	}
	return rangeKey(port.name, c)
}

// qualityOf is what a counter tells, as freshness events carry it.
func qualityOf(c *quality.Counter) ([]event.QualityCount, error) {
	if c == nil {
		return nil, nil
	}
	counts, err := c.Counts()
	if err != nil {
		return nil, err
	}
	said := make([]event.QualityCount, len(counts))
	for i, n := range counts {
		said[i] = event.QualityCount{
			Rule: n.Rule.ID, Metric: string(n.Rule.Metric), Unit: string(n.Rule.Unit), Operator: n.Rule.Operator, Bounds: n.Rule.Bounds,
			Severity: n.Rule.Severity.String(), Start: n.Start, WindowRecords: int64(n.Records), Closed: n.Closed, Whole: n.Whole,
			Rows: n.Rows, Bad: n.Bad, Seen: n.Seen, Distinct: n.Distinct,
		}
		if !n.End.IsZero() {
			end := n.End
			said[i].End = &end
		}
	}
	return said, nil
}

// warned are the rules of severity warning that the record which was checked last breaks.
func (o *outputPort) warned() []string {
	var rules []string
	for _, rule := range o.notes.Warnings() {
		rules = append(rules, o.program.Rules()[rule].ID)
	}
	return append(rules, o.broken...)
}
