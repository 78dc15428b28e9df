package provision

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Kind is what a resource is.
type Kind string

// The kinds.
const (
	Topic      Kind = "topic"      // a whole topic: it is created or deleted
	Partitions Kind = "partitions" // how many a topic has
	Replicas   Kind = "replicas"   // of each partition of a topic
	Setting    Kind = "setting"    // one setting of a topic
	Level      Kind = "level"      // a subject's compatibility level
	Schema     Kind = "schema"     // a subject's schema
	User       Kind = "user"       // a SCRAM user
	ACL        Kind = "acl"        // what one principal may do with one thing
	Quota      Kind = "quota"      // a user's
	Descriptor Kind = "descriptor" // a data product or contract on the control topic
	Unknown    Kind = "unknown"    // of a remark about a name that nothing has; no step is of it
)

// Kinds lists the kinds in the order in which their steps are taken.
func Kinds() []Kind {
	return []Kind{Topic, Partitions, Replicas, Setting, Level, Schema, User, ACL, Quota, Descriptor}
}

// Resource names one thing that can be as it should or not.
type Resource struct {
	Kind Kind `json:"kind"`
	// Name is the topic's, the subject's or the user's; of a descriptor <id>@<version>; of an ACL that of what it is about.
	Name string `json:"name"`
	// Setting is Kafka's name of a setting.
	Setting string `json:"setting,omitempty"`
	// Principal, On and Prefixed are of an ACL.
	Principal string             `json:"principal,omitempty"`
	On        kafka.ResourceKind `json:"on,omitempty"`
	Prefixed  bool               `json:"prefixed,omitempty"`
}

// String names the resource for people.
func (r Resource) String() string {
	switch r.Kind {
	case Setting:
		return r.Setting + " of " + r.Name
	case ACL:
		if r.Principal == "" { // of a remark about all of them
			return r.Name
		}
		name := r.Name
		if r.Prefixed {
			name += "…"
		}
		return r.Principal + " on " + string(r.On) + " " + name
	}
	return r.Name
}

func compareResources(a, b Resource) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Setting, b.Setting), cmp.Compare(a.Principal, b.Principal),
		cmp.Compare(a.On, b.On))
}

// State is what a resource is like, by the names of its properties; nil is a resource that is not there. Schemas and
// documents are in it by their digests, secrets not at all.
type State map[string]string

// The names of properties.
const (
	propID         = "id" // a topic's; another after it was deleted and made again
	propPartitions = "partitions"
	propReplicas   = "replicas"
	propValue      = "value"   // a setting's, set for the topic
	propDefault    = "default" // a setting's, when it is the brokers'
	propLevel      = "level"
	propDigest     = "digest"
	propMechanism  = "mechanism"
	propOperations = "operations"
	propProduce    = "producer-bytes-per-second"
	propConsume    = "consumer-bytes-per-second"
)

// String is such as "partitions=3 replicas=3"; "-" where it is not there.
func (s State) String() string {
	if s == nil {
		return "-"
	}
	if len(s) == 0 {
		return "there"
	}
	parts := make([]string, 0, len(s))
	for _, k := range slices.Sorted(maps.Keys(s)) {
		switch {
		case k == propDigest && len(s[k]) > 19:
			parts = append(parts, s[k][:19])
		case len(s) == 1 && k == propDefault:
			parts = append(parts, s[k]+" (the brokers')")
		case len(s) == 1:
			parts = append(parts, s[k])
		default:
			parts = append(parts, k+"="+s[k])
		}
	}
	return strings.Join(parts, " ")
}

// is tells whether what was seen is a state: as far as that says anything.
func (s State) is(seen State) bool {
	if s == nil || seen == nil {
		return s == nil && seen == nil
	}
	for k, v := range s {
		if got, ok := seen[k]; !ok || got != v {
			return false
		}
	}
	return true
}
