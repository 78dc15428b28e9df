package kafka

import (
	"context"
	"fmt"
	"time"
)

// AwaitAccess waits until every broker that is up knows these ACLs and these SCRAM users. A cluster acknowledges them when its
// controller has them, and each broker goes on refusing until it has heard of them. It asks for as long as ctx lets it.
func (a *Admin) AwaitAccess(ctx context.Context, acls []ACL, users []string) error {
	if len(acls) == 0 && len(users) == 0 {
		return nil
	}
	found, err := a.cl.BrokerMetadata(ctx)
	if err != nil {
		return fmt.Errorf("describe the cluster: %w", err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, broker := range found.Brokers.NodeIDs() {
		var last error
		for {
			missing, err := a.unknown(ctx, broker, acls, users)
			if err == nil && missing == "" {
				break
			}
			switch {
			case err == nil:
				last = fmt.Errorf("broker %d has not heard yet that %s", broker, missing)
			case last == nil || ctx.Err() == nil:
				last = fmt.Errorf("broker %d: %w", broker, err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return last
			}
		}
	}
	return nil
}

// unknown gives the first of the ACLs and users that one broker does not know, as a sentence.
func (a *Admin) unknown(ctx context.Context, broker int32, wanted []ACL, users []string) (string, error) {
	of := a.raw.Broker(int(broker))
	if len(wanted) > 0 {
		known, err := acls(ctx, of)
		if err != nil {
			return "", err
		}
		there := make(map[ACL]bool, len(known))
		for _, acl := range known {
			there[acl] = true
		}
		for _, acl := range wanted {
			if !there[acl] {
				return acl.String(), nil
			}
		}
	}
	if len(users) == 0 {
		return "", nil
	}
	known, err := scramUsers(ctx, of)
	if err != nil {
		return "", err
	}
	for _, user := range users {
		if !known[user] {
			return "there is a user " + user, nil
		}
	}
	return "", nil
}
