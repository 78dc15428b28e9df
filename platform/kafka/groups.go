package kafka

import (
	"context"
	"fmt"
)

// Groups lists the ids of all consumer groups that the brokers know, those without members too.
func (a *Admin) Groups(ctx context.Context) ([]string, error) {
	listed, err := a.cl.ListGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("list consumer groups: %w", err)
	}
	return listed.Groups(), nil
}
