package rig

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

func split(list string) []string { return strings.Split(list, ",") }

// Progress is how many input records have their outcome. Of a contender that writes in transactions it is what its group
// has committed, since markers take offsets on its outputs; of any other it is what is on its outputs.
func (c *Cluster) Progress(ctx context.Context, name, source string, transactional bool) (int64, error) {
	var done int64
	if transactional {
		at, err := c.admin.FetchOffsets(ctx, orders.Group(name))
		if err != nil {
			return 0, nil //nolint:nilerror // the group is not there yet
		}
		for _, p := range at[orders.Topic(source)] {
			done += max(0, p.At)
		}
		return done, nil
	}
	ends, err := c.admin.ListEndOffsets(ctx, orders.Topic(name), orders.DeadLetters(name))
	if err != nil {
		return 0, fmt.Errorf("read how far %s is: %w", name, err)
	}
	for _, byPartition := range ends {
		for _, p := range byPartition {
			done += max(0, p.Offset)
		}
	}
	return done, nil
}
