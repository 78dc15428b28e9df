package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
)

func dataProducts() resource[mesh.DataProduct] {
	return resource[mesh.DataProduct]{
		name: "data-product", plural: "data-products", aliases: []string{"dp", "dps"},
		filters: []filterFlag{byDomain(), byOwner(), byState(), byStatus()},
		list:    (*client.Client).DataProducts,
		fetch:   (*client.Client).DataProduct,
		id:      func(p mesh.DataProduct) string { return p.ID },
		columns: columns("DATA PRODUCT", "STATE", "STATUS", "MODE", "INSTANCES", "OWNER", "VERSION*", "PORTS*", "DESCRIPTION*"),
		row: func(p mesh.DataProduct, _ time.Time) []string {
			return []string{
				p.ID, p.State, p.Status, p.Mode, orDash(strings.Join(p.Instances, ",")), orDash(p.Owner), orDash(p.Version),
				orDash(strings.Join(p.Outputs, ",")), shorten(p.Description, 80),
			}
		},
		describe: describeDataProduct,
	}
}

func ports() resource[mesh.Port] {
	return resource[mesh.Port]{
		name: "port", plural: "ports", aliases: []string{"po"},
		filters: []filterFlag{byDomain(), byOwner(), byDataProduct(), byStatus()},
		list:    (*client.Client).Ports,
		fetch:   (*client.Client).Port,
		id:      func(p mesh.Port) string { return p.ID },
		columns: columns("PORT", "STATUS", "FRESHNESS", "COMPLETENESS", "RECORDS", "REJECTED", "BREACHES", "UPDATED", "FILTERED*", "LAG*", "P50*", "P99*", "MODE*", "OWNER*", "CONTRACT*"),
		row: func(p mesh.Port, now time.Time) []string {
			h := p.Health
			return []string{
				p.ID, h.Status, human.Minutes(h.FreshnessMinutes), human.Percent(h.Completeness), number(h.RecordCount),
				number(h.RejectedTotal()), strconv.Itoa(h.Breaches), age(h.LastUpdate, now), number(h.FilteredTotal()), number(h.Lag),
				human.Seconds(h.LatencyP50), human.Seconds(h.LatencyP99), p.Mode, orDash(p.Owner), orDash(p.ContractID),
			}
		},
		describe: describePort,
	}
}

func dataContracts() resource[mesh.Contract] {
	return resource[mesh.Contract]{
		name: "contract", plural: "contracts", aliases: []string{"ct"},
		filters: []filterFlag{byOwner(), {"status", "status", "only those whose own `status` is this, such as active"}},
		list:    (*client.Client).Contracts,
		fetch:   (*client.Client).Contract,
		id:      func(c mesh.Contract) string { return c.ID },
		columns: columns("CONTRACT", "VERSION", "STATUS", "PORT", "FIELDS", "OWNER", "AGE", "DIGEST*", "DESCRIPTION*"),
		row: func(c mesh.Contract, now time.Time) []string {
			return []string{
				c.ID, orDash(c.Version), orDash(c.Status), orDash(c.Port), strconv.Itoa(len(c.Fields)), orDash(c.Owner),
				human.Age(c.PublishedAt, now), c.Digest, shorten(c.Description, 80),
			}
		},
		describe: describeContract,
	}
}

func instances() resource[mesh.Instance] {
	return resource[mesh.Instance]{
		name: "instance", plural: "instances", aliases: []string{"in"},
		filters: []filterFlag{byState(), byDataProduct()},
		list:    (*client.Client).Instances,
		fetch:   (*client.Client).Instance,
		id:      func(i mesh.Instance) string { return i.Name },
		columns: columns("INSTANCE", "STATE", "DATA PRODUCTS", "HEARTBEAT", "UP", "VERSION", "INCARNATION*", "DROPPED EVENTS*", "CAUSE*"),
		row: func(i mesh.Instance, now time.Time) []string {
			return []string{
				i.Name, i.State, strconv.Itoa(len(i.DataProducts)), human.Ago(i.LastHeartbeat, now), human.Age(i.StartedAt, now),
				orDash(i.Version), orDash(i.Incarnation), number(i.DroppedEvents), orDash(i.Cause),
			}
		},
		describe: describeInstance,
	}
}

func breaches() resource[mesh.Breach] {
	return resource[mesh.Breach]{
		name: "breach", plural: "breaches", aliases: []string{"br"},
		filters: []filterFlag{byDataProduct(), {"port", "port", "only those of this `port`"}, {"open", "open", "`true`: only those that last; false: only those that are over"}},
		list:    (*client.Client).Breaches,
		fetch:   findBreach,
		id:      func(b mesh.Breach) string { return b.ID },
		none:    "No breaches here; without filters more may show.",
		columns: columns("PORT", "PROMISE", "STATE", "SINCE", "LASTED", "PROMISED", "OBSERVED", "CAUSE", "ID*"),
		row: func(b mesh.Breach, now time.Time) []string {
			state, lasted := "open", human.Age(b.Start, now)
			if b.End != nil {
				state, lasted = "over", human.Age(b.Start, *b.End)
			}
			return []string{b.Port, b.SLA, state, human.Ago(b.Start, now), lasted, orDash(b.Promised), orDash(b.Observed), orDash(b.Cause), b.ID}
		},
	}
}

// findBreach looks a breach up in the list, since the API has no path for one.
func findBreach(c *client.Client, ctx context.Context, id string) (mesh.Breach, error) {
	all, err := c.Breaches(ctx, nil)
	if err != nil {
		return mesh.Breach{}, err
	}
	for _, b := range all {
		if b.ID == id {
			return b, nil
		}
	}
	return mesh.Breach{}, &client.Problem{Status: 404, Title: "Not Found", Detail: "there is no breach " + id}
}

func age(t *time.Time, now time.Time) string {
	if t == nil {
		return human.None
	}
	return human.Ago(*t, now)
}
