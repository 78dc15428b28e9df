package kafka

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// DeniedError says which right a principal lacks. The brokers say only what was asked for; who asked is known here.
type DeniedError struct {
	// Missing is the ACL that would do. Its principal is who the client's settings say that it is.
	Missing ACL
	// Err is the brokers' answer.
	Err error
}

func (e *DeniedError) Error() string {
	m := e.Missing
	return fmt.Sprintf("%s has no right to %s %s %s; tidemark plan shows the rights that its contracts ask for, tidemark apply grants them: %v",
		m.Principal, m.Operation, m.Kind, m.Name, e.Err)
}

func (e *DeniedError) Unwrap() error { return e.Err }

// denied tells of a refusal which right is missing: the first of those that were needed and that the refusal can be about.
// Every other error stays as it is. A producer that may write no topic at all is refused for the cluster, since the right to
// number its records comes with any right to write: what it lacks is the first that was needed, too.
func (c Config) denied(err error, needed ...ACL) error {
	var kind ResourceKind
	switch {
	case err == nil:
		return nil
	case isAny(err, kerr.TopicAuthorizationFailed):
		kind = OnTopic
	case isAny(err, kerr.GroupAuthorizationFailed):
		kind = OnGroup
	case isAny(err, kerr.TransactionalIDAuthorizationFailed):
		kind = OnTransactionalID
	case isAny(err, kerr.ClusterAuthorizationFailed):
		kind = OnCluster
	default:
		return err
	}
	for _, acl := range needed {
		if (acl.Kind == kind || kind == OnCluster) && acl.Name != "" {
			acl.Principal, acl.Host = c.Security.Principal(), AnyHost
			return &DeniedError{Missing: acl, Err: err}
		}
	}
	return err
}

// What calls need, for denied.
func toRead(topic string) ACL     { return ACL{Kind: OnTopic, Name: topic, Operation: Read} }
func toWrite(topic string) ACL    { return ACL{Kind: OnTopic, Name: topic, Operation: Write} }
func toDescribe(topic string) ACL { return ACL{Kind: OnTopic, Name: topic, Operation: Describe} }
func toJoin(group string) ACL     { return ACL{Kind: OnGroup, Name: group, Operation: Read} }
func toTransact(id string) ACL    { return ACL{Kind: OnTransactionalID, Name: id, Operation: Write} }
