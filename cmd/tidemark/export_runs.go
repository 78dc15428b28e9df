package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/openlineage"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
)

// runs asks the platform which instances run a data product or ran it last, and how good its data is.
func (s *settings) runs(ctx context.Context, p *contract.DataProduct) ([]openlineage.Run, error) {
	c, err := s.client()
	if err != nil {
		return nil, err
	}
	instances, err := c.Instances(ctx, client.Filter{})
	if err != nil {
		return nil, s.hint(err, "tidemark get instances")
	}
	var runs []openlineage.Run
	for _, i := range instances {
		at := slices.IndexFunc(i.DataProducts, func(h mesh.Held) bool { return h.ID == p.ID })
		if at < 0 || i.StartedAt.IsZero() { // which never said that it lives
			continue
		}
		runs = append(runs, runOf(i, i.DataProducts[at].State))
	}
	if len(runs) == 0 {
		return nil, nil
	}
	// Quality is the ports', whoever runs them: one run tells of it, of those that go on the one that began last.
	newest := slices.MaxFunc(runs, func(a, b openlineage.Run) int {
		if ended := a.Outcome != openlineage.Running; ended != (b.Outcome != openlineage.Running) {
			if ended {
				return -1
			}
			return 1
		}
		return a.Started.Compare(b.Started)
	})
	ports, err := c.Ports(ctx, client.Filter{"data_product": p.ID})
	if err != nil {
		return nil, s.hint(err, "tidemark get ports")
	}
	for _, port := range ports {
		if checks := checksOf(port.Health.Quality); len(checks) > 0 {
			newest.Assertions[port.ContractID] = checks
		}
	}
	return runs, nil
}

// runOf is an instance's run of a data product in a state. What ended is told to have ended when it was last heard of.
func runOf(i mesh.Instance, state string) openlineage.Run {
	r := openlineage.Run{
		Instance: i.Name, Incarnation: i.Incarnation, Version: i.Version, Started: i.StartedAt, Seen: i.LastHeartbeat, Cause: i.Cause,
		Assertions: map[string]openlineage.Assertion{},
	}
	if i.State == string(lifecycle.Lost) || i.State == string(lifecycle.Stopped) {
		state = i.State
	}
	switch lifecycle.State(state) {
	case lifecycle.Stopped:
		r.Outcome = openlineage.Completed
	case lifecycle.Failed:
		r.Outcome = openlineage.Failed
	case lifecycle.Lost:
		r.Outcome = openlineage.Aborted
	default:
		return r
	}
	r.Seen, r.Ended = r.Started, i.LastHeartbeat
	return r
}

// checksOf are the quality rules on which something can be said.
func checksOf(rules []mesh.Quality) openlineage.Assertion {
	var checks openlineage.Assertion
	for _, q := range rules {
		if q.Holds == nil {
			continue
		}
		column, _ := strings.CutSuffix(strings.TrimSuffix(q.Rule, q.Metric), ".")
		checks = append(checks, openlineage.Check{
			Rule: q.Rule, Metric: q.Metric, Column: column, Severity: q.Severity, Holds: *q.Holds, Expected: q.Promise,
			Actual: fmt.Sprintf("%s %s, in %d records", strconv.FormatFloat(q.Value, 'f', -1, 64), q.Unit, q.Records),
		})
	}
	return checks
}
