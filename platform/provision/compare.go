package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Plan compares what is wanted with what there is. It changes nothing. What may not or cannot be done is held back in the
// plan and is no error.
func (c *Cluster) Plan(ctx context.Context, w *Wanted) (*Plan, error) {
	l := look{schemas: make(map[string]*avro.Schema), access: !w.options.NoAccess, descriptors: true}
	for _, r := range w.sorted(Schema) {
		l.schemas[r.Name] = w.resources[r].schema
		l.levels = append(l.levels, r.Name)
	}
	for _, r := range w.sorted(Topic) {
		l.topics = append(l.topics, r.Name)
	}
	a, err := c.see(ctx, l)
	if err != nil {
		return nil, err
	}
	p := &planner{
		Wanted: w, actual: a, known: knownOf(a.descriptors, w), used: make(map[string]bool),
		plan: &Plan{Format: planFormat, Cluster: a.cluster, At: c.cfg.Clock().UTC(), Steps: []Step{}, Held: []Held{}, Remarks: []Remark{}, Checked: make(map[Kind]int)},
	}
	if err := p.replicas(); err != nil {
		return nil, err
	}
	for _, r := range w.sorted() {
		p.compare(r)
	}
	if err := c.checkSchemas(ctx, p); err != nil {
		return nil, err
	}
	p.await()
	p.leftovers()
	p.remarks()
	p.unknownNames()
	return p.plan, p.plan.seal()
}

// planner makes a plan of what is wanted and what there is.
type planner struct {
	*Wanted
	actual *actual
	known  known
	plan   *Plan
	used   map[string]bool // names of --prune that something has

	groups  map[string]map[string]bool // members' answer, once it was asked
	current map[string]bool            // runs' likewise
}

func (p *planner) step(s Step) { p.plan.Steps = append(p.plan.Steps, s) }

func (p *planner) hold(s Step, needs, format string, args ...any) {
	p.plan.Held = append(p.plan.Held, Held{s, needs, fmt.Sprintf(format, args...)})
}

const (
	needsLoss  = "--allow-data-loss"
	needsPrune = "--prune "
)

// lose takes a step that may lose records, if that is allowed.
func (p *planner) lose(s Step, reason string) {
	s.DataLoss, s.Destructive = true, true
	s.Note = reason
	if p.options.AllowDataLoss {
		p.step(s)
		return
	}
	p.hold(s, needsLoss, "%s", reason)
}

// replicas refuses what Kafka would refuse topic by topic.
func (p *planner) replicas() error {
	for _, r := range p.sorted(Topic) {
		n, _ := strconv.Atoi(p.resources[r].to[propReplicas]) // it was written by Itoa
		if _, there := p.actual.topics[r.Name]; !there && n > p.actual.brokers {
			return fmt.Errorf("topic %s is to have %d replicas, and %s: start more, or say --replicas %d (%s)",
				r.Name, n, p.brokers(), p.actual.brokers, p.resources[r].why)
		}
	}
	return nil
}

// brokers says how many there are.
func (p *planner) brokers() string {
	if p.actual.brokers == 1 {
		return "there is 1 broker"
	}
	return fmt.Sprintf("there are %d brokers", p.actual.brokers)
}

// compare takes the steps that make one resource what is wanted.
func (p *planner) compare(r Resource) {
	if !p.actual.authorizer && (r.Kind == ACL || r.Kind == User || r.Kind == Quota) {
		return // said once, by remarks
	}
	p.plan.Checked[r.Kind]++
	wish, seen := p.resources[r], p.actual.state(r)
	s := wish.step
	s.Action, s.Resource, s.From, s.To, s.Why = Change, r, seen, wish.to, wish.why
	if seen == nil {
		s.Action = Create
	}
	switch {
	case r.Kind == Topic && seen != nil:
		p.compareTopic(r.Name, wish, seen)
	case r.Kind == ACL:
		had, want := operationsOf(seen), operationsOf(wish.to)
		if len(without(want, had)) > 0 {
			s.To = operationsState(append(slices.Clone(had), want...))
			p.step(s)
		}
		if extra := without(had, want); len(extra) > 0 {
			p.revoke(r, operationsState(append(slices.Clone(had), want...)), wish.to)
		}
	case !wish.to.is(seen) || len(seen) > len(wish.to):
		p.step(s)
	}
}

// compareTopic compares a topic that is there, property by property, so that what may not be done holds back nothing else.
func (p *planner) compareTopic(name string, wish wish, seen State) {
	change := func(kind Kind, property string) (Step, bool) {
		return Step{
			Action: Change, Resource: Resource{Kind: kind, Name: name}, Why: wish.why,
			From: seen.only(property), To: wish.to.only(property),
		}, seen[property] != wish.to[property]
	}
	if s, differs := change(Partitions, propPartitions); differs {
		has, _ := strconv.Atoi(seen[propPartitions])
		want, _ := strconv.Atoi(wish.to[propPartitions])
		switch {
		case want < has:
			s.Destructive = true
			p.hold(s, "", "Kafka cannot take partitions away: publish a new major version, whose topic has %d, or say %d in the contract", want, has)
		case p.keyed[name]:
			s.Destructive = true
			s.Note = "keys move to other partitions: the order of a key's records is not kept across the change"
			p.step(s)
		default:
			s.Destructive = true // there is no way back
			p.step(s)
		}
	}
	if s, differs := change(Replicas, propReplicas); differs {
		if want, _ := strconv.Atoi(wish.to[propReplicas]); want > p.actual.brokers {
			p.hold(s, "", "%s: start more and use kafka-reassign-partitions, or say --replicas %d", p.brokers(), p.actual.brokers)
		} else {
			p.hold(s, "", "Tidemark moves no replicas: use kafka-reassign-partitions, or say %s in the contract (tidemark.replicas)", seen[propReplicas])
		}
	}
	for _, setting := range slices.Sorted(maps.Keys(p.topics[name])) {
		p.compareSetting(name, setting, wish)
	}
}

func (p *planner) compareSetting(topic, setting string, wish wish) {
	p.plan.Checked[Setting]++
	has, known := p.actual.settings[topic][setting]
	want := p.topics[topic][setting]
	r := Resource{Kind: Setting, Name: topic, Setting: setting}
	s := Step{Action: Change, Resource: r, From: p.actual.state(r), To: State{propValue: want}, Why: wish.why}
	switch {
	case known && has.Value == want:
		return
	case want == "" && (!has.Set || has.Value == has.Fallback):
		return
	case want == "":
		s.To, want = State{propDefault: has.Fallback}, has.Fallback
		s.Note = "the contract asks for nothing: what was set goes, and the brokers' value is in force"
	}
	if why := p.tooFewCopies(topic, setting, has.Value, want, wish); why != "" {
		p.hold(s, "", "%s", why)
		return
	}
	if loss := losing(setting, has.Value, want); loss != "" {
		p.lose(s, loss)
		return
	}
	p.step(s)
}

// tooFewCopies says why min.insync.replicas cannot be raised yet; "" where it can. A topic keeps the replicas that it has, and one
// broker may always be away: with more asked for than the rest carries, nobody could write.
func (p *planner) tooFewCopies(topic, setting, from, to string, wish wish) string {
	if setting != minInSync {
		return ""
	}
	has := p.actual.topics[topic].Replicas
	planned, _ := strconv.Atoi(wish.to[propReplicas]) // both were written by Itoa
	want, _ := strconv.Atoi(to)
	if was, err := strconv.Atoi(from); has >= planned || want <= max(1, has-1) || err == nil && want <= was {
		return ""
	}
	return fmt.Sprintf("the topic has %d of %d replicas: with %s in sync nobody could write while a broker is away; it follows when the replicas are there",
		has, planned, to)
}

// losing says why a change of a setting loses records; "" where it does not.
func losing(setting, from, to string) string {
	switch setting {
	case cleanupPolicy:
		if from == "" || from == to {
			return ""
		}
		if to == compact {
			return "compaction deletes all but the newest record of each key"
		}
		return "records that compaction kept for good are deleted by their age"
	case retentionMillis, retentionBytes:
		if from == "" { // the broker did not say: assume the worst
			from = "-1"
		}
		was, err1 := strconv.ParseInt(from, 10, 64)
		is, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil || is >= 0 && (was < 0 || is < was) {
			return "records that are kept now are deleted: " + setting + " goes from " + from + " to " + to
		}
	}
	return ""
}

// checkSchemas holds back the schemas that cannot follow what is registered, and says why.
func (c *Cluster) checkSchemas(ctx context.Context, p *planner) error {
	var can []Step
	for _, s := range p.plan.Steps {
		if s.Kind != Schema || s.From == nil {
			can = append(can, s)
			continue
		}
		level := avro.Level(p.resources[Resource{Kind: Level, Name: s.Name}].to[propLevel])
		err := c.cfg.Registry.Follows(ctx, s.Name, level, p.resources[s.Resource].schema)
		if _, ok := errors.AsType[*registry.IncompatibleError](err); ok {
			p.hold(s, "", "%v", err)
			continue
		}
		if err != nil {
			return fromRegistry(err)
		}
		can = append(can, s)
	}
	p.plan.Steps = can
	return nil
}

// revoke takes operations away, if it may.
func (p *planner) revoke(r Resource, from, to State) {
	p.prune(Step{
		Action: Delete, Resource: r, From: from, To: to, Destructive: true,
		Note: "takes away " + operationsState(without(operationsOf(from), operationsOf(to))).String(),
	}, cmp.Or(p.known.productOf(r.Name), p.known.groupProduct(r.Name)), r.Principal, r.Name)
}

// prune deletes what the contracts do not name any more, if somebody did: by one of its names, or by the data product that it is
// of, "" where that is nobody's.
func (p *planner) prune(s Step, dataProduct string, names ...string) {
	s.Why = p.gone(dataProduct)
	switch {
	case !p.named(append(names, dataProduct)...):
		needs := needsPrune + names[0]
		if s.DataLoss && !p.options.AllowDataLoss {
			needs += " " + needsLoss
		}
		p.hold(s, needs, "nothing is deleted that is not named")
	case s.DataLoss && !p.options.AllowDataLoss:
		p.hold(s, needsLoss, "%s", s.Note)
	default:
		p.step(s)
	}
}

// gone says why something of a data product may go.
func (p *planner) gone(dataProduct string) string {
	if domain, _, _ := strings.Cut(dataProduct, "."); domain != "" && !p.domains[domain] {
		return "the domain " + domain + " is not in these contracts"
	}
	return "no contract asks for it"
}

// named tells whether somebody named something to be pruned by one of its names, and remembers by which.
func (p *planner) named(names ...string) (named bool) {
	for _, n := range names {
		if n != "" && slices.Contains(p.options.Prune, n) {
			named, p.used[n] = true, true
		}
	}
	return named
}
