package provision

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// access wants, for each principal that data products run as, what they need and nothing more:
//
//	of each data product          may
//	input topics, .retry          read
//	output topics, .dlq           write; a source also reads its outputs, since it commits offsets on them
//	<group>, of a source also <group>.checkpoint
//	                              read (Kafka's word for being a member and committing)
//	transactional ids <group>:…   write, unless it delivers at least once
//	control topics                write what instances say, read the verdicts, and see that they are there
//
// Describe comes with read and with write. The right to write without loss or repetition (IdempotentWrite) comes with the
// right to write any topic, from Kafka 2.8.
func (w *Wanted) access(set *contract.Set) {
	rates := make(map[string]*rate)
	for _, p := range set.DataProducts() {
		principal, why := w.options.Principals.Runs(p.ID), w.options.file(p.File)
		if rates[principal] == nil {
			rates[principal] = &rate{why: why}
		}
		g := granter{w, principal, why}
		if p.ID == controlProduct {
			g.platform(set)
			continue
		}
		g.product(set, p, rates[principal])
		g.instance()
		w.operators(p, why)
	}
	w.users(rates)
}

// rate is what a principal's data products may move together.
type rate struct {
	produce, consume int64
	why              string
}

type granter struct {
	*Wanted
	principal, why string
}

// may adds operations to what the principal may do with one thing, by its whole name.
func (g granter) may(on kafka.ResourceKind, name string, ops ...kafka.Operation) {
	g.grant(Resource{Kind: ACL, Principal: g.principal, On: on, Name: name}, ops)
}

func (g granter) grant(r Resource, ops []kafka.Operation) {
	had := g.resources[r]
	if had.to == nil {
		had = wish{why: g.why}
	}
	had.to = operationsState(append(operationsOf(had.to), ops...))
	g.resources[r] = had
}

func (g granter) product(set *contract.Set, p *contract.DataProduct, r *rate) {
	group := groupOf(p)
	for _, port := range p.InputPorts {
		if c, ok := set.Contract(port.ContractID); ok {
			g.may(kafka.OnTopic, c.Topic(), kafka.Read)
			r.consume += c.Tier().Consume
		}
	}
	for _, port := range p.OutputPorts {
		if c, ok := set.Contract(port.ContractID); ok {
			g.may(kafka.OnTopic, c.Topic(), kafka.Write)
			r.produce += c.Tier().Produce
			if p.Mode() == contract.Source {
				g.may(kafka.OnTopic, c.Topic(), kafka.Read)
			}
		}
	}
	if p.Mode() == contract.Transform || p.Mode() == contract.Guard {
		g.may(kafka.OnTopic, event.RetryTopic(p.ID), kafka.Read)
		g.may(kafka.OnTopic, event.DeadLetterTopic(p.ID), kafka.Write)
	}
	g.may(kafka.OnGroup, group, kafka.Read)
	if p.Mode() == contract.Source {
		g.may(kafka.OnGroup, group+checkpoints, kafka.Read)
	}
	if p.Mode() == contract.Source || p.Delivery() == contract.ExactlyOnce { // an observer commits its counts in one too
		g.grant(Resource{Kind: ACL, Principal: g.principal, On: kafka.OnTransactionalID, Name: group + ":", Prefixed: true}, []kafka.Operation{kafka.Write})
	}
}

// checkpoints ends the name of the group that keeps a source's checkpoint.
const checkpoints = ".checkpoint"

// groupOf is a data product's consumer group.
func groupOf(p *contract.DataProduct) string { return fmt.Sprintf("%s.v%d", p.ID, p.Major()) }

// instance is what every instance says and hears. What the platform alone decides, an instance may not say.
func (g granter) instance() {
	for _, topic := range []string{event.TopicProducts, event.TopicLifecycle, event.TopicHeartbeats, event.TopicFreshness} {
		g.may(kafka.OnTopic, topic, kafka.Write)
	}
	g.may(kafka.OnTopic, event.TopicVerdicts, kafka.Read)
	for _, topic := range event.ControlTopics() { // those that are left: an instance looks whether they are there
		if _, ok := g.resources[Resource{Kind: ACL, Principal: g.principal, On: kafka.OnTopic, Name: topic}]; !ok {
			g.may(kafka.OnTopic, topic, kafka.Describe)
		}
	}
}

// platform folds the control topics, says what it decides, shows dead letters, and looks for drift.
func (g granter) platform(set *contract.Set) {
	for _, topic := range event.ControlTopics() {
		g.may(kafka.OnTopic, topic, kafka.Read, kafka.DescribeConfigs)
	}
	for _, topic := range []string{event.TopicProducts, event.TopicLifecycle, event.TopicBreaches, event.TopicVerdicts} {
		g.may(kafka.OnTopic, topic, kafka.Write)
	}
	for _, p := range set.DataProducts() {
		for _, topic := range []string{event.DeadLetterTopic(p.ID), event.RetryTopic(p.ID)} {
			if _, ok := g.topics[topic]; ok {
				g.may(kafka.OnTopic, topic, kafka.Describe, kafka.DescribeConfigs)
			}
		}
		if _, ok := g.topics[event.DeadLetterTopic(p.ID)]; ok {
			g.may(kafka.OnTopic, event.DeadLetterTopic(p.ID), kafka.Read)
		}
		for _, port := range p.OutputPorts {
			if c, ok := set.Contract(port.ContractID); ok && p.ID != controlProduct {
				g.may(kafka.OnTopic, c.Topic(), kafka.Describe, kafka.DescribeConfigs)
			}
		}
	}
	g.may(kafka.OnCluster, kafka.ClusterName, kafka.Describe, kafka.DescribeConfigs)
}

// operators look at what a data product rejected, and send it back.
func (w *Wanted) operators(p *contract.DataProduct, why string) {
	if p.Mode() != contract.Transform && p.Mode() != contract.Guard {
		return
	}
	for _, principal := range w.options.Operators {
		g := granter{w, principal, why}
		g.may(kafka.OnTopic, event.DeadLetterTopic(p.ID), kafka.Read)
		g.may(kafka.OnTopic, event.RetryTopic(p.ID), kafka.Read, kafka.Write)
		g.may(kafka.OnGroup, groupOf(p), kafka.Describe)
	}
}

// users wants users with passwords, where somebody says where they are, and quotas: what the tiers say of the
// ports that a principal's data products write and read, together.
func (w *Wanted) users(rates map[string]*rate) {
	for _, principal := range slices.Sorted(maps.Keys(rates)) {
		user, ok := strings.CutPrefix(principal, userType)
		if !ok {
			continue
		}
		why := rates[principal].why
		if w.options.Passwords != "" {
			w.resources[Resource{Kind: User, Name: user}] = wish{
				to: State{propMechanism: kafka.ScramSHA512}, why: why, step: Step{Secret: w.options.secretRef(user)},
			}
		}
		if r := rates[principal]; r.produce+r.consume > 0 {
			to := State{}
			if r.produce > 0 {
				to[propProduce] = strconv.FormatInt(r.produce, 10)
			}
			if r.consume > 0 {
				to[propConsume] = strconv.FormatInt(r.consume, 10)
			}
			w.resources[Resource{Kind: Quota, Name: user}] = wish{to: to, why: why}
		}
	}
}

// operationsState is what a principal may do with one thing; nil where that is nothing.
func operationsState(ops []kafka.Operation) State {
	if len(ops) == 0 {
		return nil
	}
	ops = slices.Clone(ops)
	slices.Sort(ops)
	var names []string
	for _, op := range slices.Compact(ops) {
		names = append(names, string(op))
	}
	return State{propOperations: strings.Join(names, ",")}
}

func operationsOf(s State) []kafka.Operation {
	if s[propOperations] == "" {
		return nil
	}
	var ops []kafka.Operation
	for name := range strings.SplitSeq(s[propOperations], ",") {
		ops = append(ops, kafka.Operation(name))
	}
	return ops
}

// bindings are the ACLs that a resource with operations comes to.
func bindings(r Resource, ops []kafka.Operation) []kafka.ACL {
	acls := make([]kafka.ACL, len(ops))
	for i, op := range ops {
		acls[i] = kafka.ACL{Principal: r.Principal, Host: kafka.AnyHost, Kind: r.On, Name: r.Name, Prefixed: r.Prefixed, Operation: op}
	}
	return acls
}

// without are the operations of a that are not in b.
func without(a, b []kafka.Operation) []kafka.Operation {
	return slices.DeleteFunc(slices.Clone(a), func(op kafka.Operation) bool { return slices.Contains(b, op) })
}
