package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Rules of findings. Those of Drift say how a resource differs, those of remarks what stands against a contract.
const (
	RuleMissing = "drift.missing"
	RuleDiffers = "drift.differs"
	RuleExtra   = "drift.extra"

	RuleWriter   = "provision.foreign-writer"
	RuleWide     = "provision.wide-acl"
	RuleDenied   = "provision.denied"
	RuleInput    = "provision.input-missing"
	RuleGuard    = "provision.guard-partitions"
	RuleNoAccess = "provision.no-authorizer"
	RulePrune    = "provision.prune-unknown"
)

// Meaning is one sentence about a rule; "" where it is none of this package's.
func Meaning(rule string) string {
	return map[string]string{
		RuleMissing:  "What a contract asks for is not there.",
		RuleDiffers:  "It is there, and is not what its contract says.",
		RuleExtra:    "It is Tidemark's, and no contract asks for it any more.",
		RuleWriter:   "Somebody other than its data product may write a port's topic, so that its verified range does not speak for all of it.",
		RuleWide:     "A principal of the mesh may do more than its contracts ask for, by an ACL that Tidemark did not make.",
		RuleDenied:   "An ACL denies a data product what its contracts ask for.",
		RuleInput:    "An input topic is not there, and none of these data products publishes it.",
		RuleGuard:    "A guard keeps partition numbers, and its two topics have not equally many.",
		RuleNoAccess: "The brokers check nobody's rights.",
		RulePrune:    "Nothing that Tidemark could delete has a name that --prune says.",
	}[rule]
}

func (p *planner) remark(rule string, r Resource, why, format string, args ...any) {
	p.plan.Remarks = append(p.plan.Remarks, Remark{Resource: r, Rule: rule, Message: fmt.Sprintf(format, args...), Why: why})
}

// remarks looks for what no step mends, because it is not Tidemark's.
func (p *planner) remarks() {
	for _, topic := range slices.Sorted(maps.Keys(p.external)) {
		if _, ok := p.actual.topics[topic]; !ok {
			p.remark(RuleInput, Resource{Kind: Topic, Name: topic}, "", "it is read, and is not there: whoever writes it has to create it")
		}
	}
	for _, out := range slices.Sorted(maps.Keys(p.guards)) {
		in, r := p.guards[out], Resource{Kind: Topic, Name: out}
		has, there := p.actual.topics[in]
		wish := p.resources[r]
		if _, published := p.resources[Resource{Kind: Topic, Name: in}]; !there || published {
			continue
		}
		if want := wish.to[propPartitions]; want != fmt.Sprint(has.Partitions) {
			p.remark(RuleGuard, r, wish.why, "it is to have %s partitions, and the guard's input %s has %d: say tidemark.partitions: %d",
				want, in, has.Partitions, has.Partitions)
		}
	}
	if p.options.NoAccess {
		return
	}
	if !p.actual.authorizer {
		p.remark(RuleNoAccess, Resource{Kind: ACL, Name: "brokers"}, "", "the brokers have no authorizer, so everybody may do everything: ACLs, users and quotas are left out")
		return
	}
	p.foreign()
}

// unknownNames says which names of --prune let nothing go. It is no error: an apply that was cut off may have deleted it.
func (p *planner) unknownNames() {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(p.options.Prune))) {
		if !p.used[name] {
			p.remark(RulePrune, Resource{Kind: Unknown, Name: name}, "",
				"nothing of that name is Tidemark's to delete: it is gone already, or a contract asks for it, or it is not Tidemark's")
		}
	}
}

// foreign finds ACLs that are not Tidemark's and stand against what it wants.
func (p *planner) foreign() {
	principals, _ := p.principals()
	topics := slices.DeleteFunc(p.sorted(Topic), func(r Resource) bool { return slices.Contains(event.ControlTopics(), r.Name) })
	for _, acl := range p.actual.acls {
		r := Resource{Kind: ACL, Name: acl.Name, Principal: acl.Principal, On: acl.Kind, Prefixed: acl.Prefixed}
		if _, wanted := p.resources[r]; wanted && !acl.Deny && acl.Host == kafka.AnyHost {
			continue
		}
		switch {
		case acl.Deny:
			p.denied(r, acl)
		case principals[acl.Principal] && p.ours(r):
			// a leftover, which is in the plan
		case principals[acl.Principal] && !p.runs(acl.Principal) && p.elsewhere(acl.Principal):
			// it is named to be pruned, and runs something of another tree by this
		case principals[acl.Principal]:
			p.remark(RuleWide, r, "", "%s: Tidemark did not make this, and leaves it", acl)
		case acl.Kind == kafka.OnTopic && (acl.Operation == kafka.Write || acl.Operation == "all"):
			for _, t := range topics {
				if covers(acl, t.Name) && !p.mayWrite(acl.Principal, t.Name) {
					p.remark(RuleWriter, Resource{Kind: Topic, Name: t.Name}, p.resources[t].why, "%s: %s", acl, p.advice(acl.Principal))
				}
			}
		}
	}
}

// denied says which wishes an ACL stands against.
func (p *planner) denied(r Resource, acl kafka.ACL) {
	for _, wanted := range p.sorted(ACL) {
		if acl.Kind != wanted.On || acl.Principal != wanted.Principal && acl.Principal != everybody {
			continue
		}
		ops := operationsOf(p.resources[wanted].to)
		if covers(acl, wanted.Name) && (acl.Operation == "all" || slices.Contains(ops, acl.Operation)) {
			p.remark(RuleDenied, r, p.resources[wanted].why, "%s, which stands against what %s needs on %s", acl, wanted.Principal, wanted.Name)
		}
	}
}

// everybody is Kafka's principal for all.
const everybody = "User:*"

// covers tells whether an ACL is about a name.
func covers(acl kafka.ACL, name string) bool {
	if acl.Prefixed {
		return strings.HasPrefix(name, acl.Name)
	}
	return acl.Name == "*" || acl.Name == name
}

// mayWrite tells whether the contracts let a principal write a topic.
func (p *planner) mayWrite(principal, topic string) bool {
	wish := p.resources[Resource{Kind: ACL, Principal: principal, On: kafka.OnTopic, Name: topic}]
	return slices.Contains(operationsOf(wish.to), kafka.Write)
}
