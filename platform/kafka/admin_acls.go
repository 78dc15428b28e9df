package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// ErrNoAuthorizer says that the brokers check nobody's rights, so that there are no ACLs.
var ErrNoAuthorizer error = kerr.SecurityDisabled

// ErrTopicExists says that a topic is there already.
var ErrTopicExists error = kerr.TopicAlreadyExists

// ResourceKind is what an ACL is about.
type ResourceKind string

// The kinds.
const (
	OnTopic           ResourceKind = "topic"
	OnGroup           ResourceKind = "group"
	OnTransactionalID ResourceKind = "transactional-id"
	OnCluster         ResourceKind = "cluster"
)

// ClusterName is what the one cluster resource is called.
const ClusterName = "kafka-cluster"

// Operation is what an ACL allows or denies, such as read.
type Operation string

// The operations that are used here; others are read, and named as Kafka names them in lower case.
const (
	Read            Operation = "read"
	Write           Operation = "write"
	Describe        Operation = "describe"
	DescribeConfigs Operation = "describe-configs"
)

// AnyHost stands for every host that a principal may come from.
const AnyHost = "*"

// ACL allows, or denies, one principal one operation.
type ACL struct {
	Principal string // such as User:orders
	Host      string
	Kind      ResourceKind
	Name      string
	Prefixed  bool // Name is the beginning of names; else the whole name, or * for all
	Operation Operation
	Deny      bool
}

func (a ACL) String() string {
	verb, prefix := "may", ""
	if a.Deny {
		verb = "may not"
	}
	if a.Prefixed {
		prefix = "…"
	}
	return fmt.Sprintf("%s %s %s %s %s%s", a.Principal, verb, a.Operation, a.Kind, a.Name, prefix)
}

// kinds and operations by Kafka's numbers.
func kinds() map[kmsg.ACLResourceType]ResourceKind {
	return map[kmsg.ACLResourceType]ResourceKind{
		kmsg.ACLResourceTypeTopic: OnTopic, kmsg.ACLResourceTypeGroup: OnGroup,
		kmsg.ACLResourceTypeTransactionalId: OnTransactionalID, kmsg.ACLResourceTypeCluster: OnCluster,
	}
}

func operations() map[kmsg.ACLOperation]Operation {
	return map[kmsg.ACLOperation]Operation{
		kmsg.ACLOperationAll: "all", kmsg.ACLOperationRead: Read, kmsg.ACLOperationWrite: Write,
		kmsg.ACLOperationCreate: "create", kmsg.ACLOperationDelete: "delete", kmsg.ACLOperationAlter: "alter",
		kmsg.ACLOperationDescribe: Describe, kmsg.ACLOperationClusterAction: "cluster-action",
		kmsg.ACLOperationDescribeConfigs: DescribeConfigs, kmsg.ACLOperationAlterConfigs: "alter-configs",
		kmsg.ACLOperationIdempotentWrite: "idempotent-write",
	}
}

func numbered[K, V comparable](m map[K]V, v V) (K, bool) {
	for k, found := range m {
		if found == v {
			return k, true
		}
	}
	var none K
	return none, false
}

// ACLs lists all ACLs about topics, groups, transactional ids and the cluster, sorted. ErrNoAuthorizer where the brokers
// check nobody.
func (a *Admin) ACLs(ctx context.Context) ([]ACL, error) { return acls(ctx, a.raw) }

func acls(ctx context.Context, of kmsg.Requestor) ([]ACL, error) {
	req := kmsg.NewPtrDescribeACLsRequest()
	req.ResourceType, req.ResourcePatternType = kmsg.ACLResourceTypeAny, kmsg.ACLResourcePatternTypeAny
	req.Operation, req.PermissionType = kmsg.ACLOperationAny, kmsg.ACLPermissionTypeAny
	resp, err := req.RequestWith(ctx, of)
	if err == nil {
		err = explained(resp.ErrorCode, resp.ErrorMessage)
	}
	if err != nil {
		return nil, fmt.Errorf("list ACLs: %w", err)
	}
	kinds, operations := kinds(), operations()
	var all []ACL
	for _, r := range resp.Resources {
		kind, ok := kinds[r.ResourceType]
		if !ok {
			continue
		}
		for _, e := range r.ACLs {
			op, ok := operations[e.Operation]
			if !ok {
				op = Operation(fmt.Sprintf("operation-%d", e.Operation))
			}
			all = append(all, ACL{
				Principal: e.Principal, Host: e.Host, Kind: kind, Name: r.ResourceName,
				Prefixed:  r.ResourcePatternType == kmsg.ACLResourcePatternTypePrefixed,
				Operation: op, Deny: e.PermissionType == kmsg.ACLPermissionTypeDeny,
			})
		}
	}
	slices.SortFunc(all, compareACLs)
	return all, nil
}

func compareACLs(a, b ACL) int {
	return cmp.Or(cmp.Compare(a.Principal, b.Principal), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Host, b.Host))
}

// CreateACLs creates ACLs; one that is there already stays.
func (a *Admin) CreateACLs(ctx context.Context, acls ...ACL) error {
	if len(acls) == 0 {
		return nil
	}
	req := kmsg.NewPtrCreateACLsRequest()
	for _, acl := range acls {
		c := kmsg.NewCreateACLsRequestCreation()
		kind, op, pattern, permission, err := acl.numbers()
		if err != nil {
			return err
		}
		c.ResourceType, c.ResourceName, c.ResourcePatternType = kind, acl.Name, pattern
		c.Principal, c.Host, c.Operation, c.PermissionType = acl.Principal, acl.Host, op, permission
		req.Creations = append(req.Creations, c)
	}
	resp, err := req.RequestWith(ctx, a.raw)
	if err != nil {
		return fmt.Errorf("create ACLs: %w", err)
	}
	var errs []error
	for i, r := range resp.Results {
		if err := explained(r.ErrorCode, r.ErrorMessage); err != nil && i < len(acls) {
			errs = append(errs, fmt.Errorf("create ACL %s: %w", acls[i], err))
		}
	}
	return errors.Join(errs...)
}

// DeleteACLs deletes exactly these ACLs and no others; one that is not there is no error.
func (a *Admin) DeleteACLs(ctx context.Context, acls ...ACL) error {
	if len(acls) == 0 {
		return nil
	}
	req := kmsg.NewPtrDeleteACLsRequest()
	for _, acl := range acls {
		f := kmsg.NewDeleteACLsRequestFilter()
		kind, op, pattern, permission, err := acl.numbers()
		if err != nil {
			return err
		}
		f.ResourceType, f.ResourceName, f.ResourcePatternType = kind, &acl.Name, pattern
		f.Principal, f.Host, f.Operation, f.PermissionType = &acl.Principal, &acl.Host, op, permission
		req.Filters = append(req.Filters, f)
	}
	resp, err := req.RequestWith(ctx, a.raw)
	if err != nil {
		return fmt.Errorf("delete ACLs: %w", err)
	}
	var errs []error
	for i, r := range resp.Results {
		if err := explained(r.ErrorCode, r.ErrorMessage); err != nil && i < len(acls) {
			errs = append(errs, fmt.Errorf("delete ACL %s: %w", acls[i], err))
		}
		for _, m := range r.MatchingACLs {
			if err := explained(m.ErrorCode, m.ErrorMessage); err != nil {
				errs = append(errs, fmt.Errorf("delete ACL of %s on %s: %w", m.Principal, m.ResourceName, err))
			}
		}
	}
	return errors.Join(errs...)
}

// numbers are Kafka's for an ACL. A name that only reading knows is an error: it must never widen what is written.
func (a ACL) numbers() (kmsg.ACLResourceType, kmsg.ACLOperation, kmsg.ACLResourcePatternType, kmsg.ACLPermissionType, error) {
	kind, ok := numbered(kinds(), a.Kind)
	op, known := numbered(operations(), a.Operation)
	if !ok || !known || a.Name == "" || a.Principal == "" || a.Host == "" {
		return 0, 0, 0, 0, fmt.Errorf("an ACL needs a principal, a host, a known kind, a name and a known operation: %s", a)
	}
	pattern, permission := kmsg.ACLResourcePatternTypeLiteral, kmsg.ACLPermissionTypeAllow
	if a.Prefixed {
		pattern = kmsg.ACLResourcePatternTypePrefixed
	}
	if a.Deny {
		permission = kmsg.ACLPermissionTypeDeny
	}
	return kind, op, pattern, permission, nil
}
