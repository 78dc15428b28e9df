package portaltest

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

// Shop is a small mesh with something of each kind in it: a source that is well, a transform with a few rejects, a
// data product whose instance is lost and whose freshness is breached, and one that never ran.
func Shop() *Mesh {
	const (
		placed = "orders.checkout.placed.v1"
		lines  = "orders.order-lines.lines.v1"
		status = "orders.order-status.status.v1"
		prices = "catalog.prices.prices.v1"
	)
	return &Mesh{
		SkippedEvents: 2,
		Products: []mesh.DataProduct{
			product("catalog.prices", "guard", "declared", "unknown", "Price changes, checked.", []string{"catalog.pim.prices.v1"}, []string{prices}),
			product("orders.checkout", "source", "running", "healthy", "Orders as the shop takes them.", []string{}, []string{placed}, "shop"),
			product("orders.order-lines", "transform", "running", "healthy", "The lines of every placed order, one record a line. For whoever needs to know what was sold.", []string{placed}, []string{lines}, "orders"),
			product("orders.order-status", "transform", "lost", "breached", "Every change of an order's state, in order.", []string{placed}, []string{status}, "orders-2"),
		},
		PortList: []mesh.Port{
			port(prices, "guard", nil, nil, health("unknown", nil, 0, 0)),
			port(placed, "source", nil, []string{"orders.order-lines", "orders.order-status"}, health("healthy", ptr(0.05), 5009, 5009)),
			linesPort(lines, placed),
			port(status, "transform", []string{placed}, nil, breached(health("breached", ptr(12.0), 9000, 9000))),
		},
		ContractList: []mesh.Contract{linesContract(lines)},
		InstanceList: []mesh.Instance{
			instance("orders", "running", "", 900*time.Millisecond, "orders.order-lines", placed),
			instance("orders-2", "lost", "no heartbeat for 12 s", 12*time.Second, "orders.order-status", placed),
			instance("shop", "running", "", 300*time.Millisecond, "orders.checkout", ""),
		},
		BreachList: []mesh.Breach{
			{
				ID: status + "/freshness/1795270000000", Port: status, DataProduct: "orders.order-status", SLA: "freshness",
				Start: ago(7 * time.Minute), Promised: "5 minutes", Observed: "5 min 1 s", Cause: "orders-2 is lost",
				ContractDigest: "sha256:00",
			},
			{
				ID: lines + "/freshness/1795200000000", Port: lines, DataProduct: "orders.order-lines", SLA: "freshness",
				Start: ago(3 * time.Hour), End: ptr(ago(170 * time.Minute)), Promised: "5 minutes", Observed: "5 min 2 s",
				Cause: "", ContractDigest: "sha256:00",
			},
		},
	}
}

func product(id, mode, state, status, description string, inputs, outputs []string, instances ...string) mesh.DataProduct {
	domain, name := split(id)
	return mesh.DataProduct{
		ID: id, Domain: domain, Name: name, Version: "1.0.0", Versions: []string{"1.0.0"}, Mode: mode, Owner: domain + "-team",
		Description: description, Tags: []string{}, State: state, Status: status, InstancesWanted: 1,
		Instances: append([]string{}, instances...), Inputs: inputs, Outputs: outputs,
		Digest: "sha256:1f2e", PublishedBy: domain, PublishedAt: ago(time.Hour),
		Document: odps(id, mode, domain), Problems: []string{},
	}
}

// odps is a descriptor as its owner would write it, with a channel that is none.
func odps(id, mode, domain string) string {
	return "apiVersion: v1.0.0\nkind: DataProduct\nid: " + id + "\nstatus: active\nversion: 1.0.0\ndomain: " + domain + `
support:
  - channel: "#` + domain + `"
    url: https://chat.example.com/` + domain + `
  - channel: odd
    url: javascript:alert(1)
customProperties:
  - property: tidemark.mode
    value: ` + mode + "\n"
}

func port(id, mode string, upstream, readers []string, h mesh.Health) mesh.Port {
	domain, rest := split(id)
	name, rest := split(rest)
	short, _ := split(rest)
	return mesh.Port{
		ID: id, DataProduct: domain + "." + name, Domain: domain, Name: short, Version: "1.0.0", Mode: mode, Topic: id,
		Owner: domain + "-team", Tags: []string{}, Upstream: append([]string{}, upstream...), Downstream: []string{},
		Readers: append([]string{}, readers...), Promises: []mesh.Promise{}, Health: h,
	}
}

func linesPort(id, upstream string) mesh.Port {
	h := health("healthy", ptr(0.05), 5000, 9976)
	h.Rejected = map[string]int64{"rule.broken": 9}
	h.Filtered = map[string]int64{"test-order": 3}
	h.Completeness = ptr(5000.0 / 5009)
	h.LatencyP50, h.LatencyP99 = ptr(0.042), ptr(0.18)
	h.Verified = []mesh.VerifiedRange{{Partition: 0, From: 0, To: 3330}, {Partition: 1, From: 0, To: 3341}, {Partition: 2, From: 0, To: 3310}}
	p := port(id, "transform", []string{upstream}, []string{"marketing.product-sales"}, h)
	p.Description = "One record for each line of an order."
	p.ContractID, p.ContractDigest = "urn:datamesh:orders:order-lines:lines:1", "sha256:00"
	p.Promises = linesContract(id).Promises
	fresh, complete, nulls := &p.Promises[0], &p.Promises[1], &p.Promises[3]
	fresh.Value, fresh.Unit, fresh.Holds = h.FreshnessMinutes, "minutes", ptr(true)
	complete.Value, complete.Unit, complete.Holds = ptr(98.2), "percent", ptr(false)
	complete.Start, complete.End, complete.Records = ptr(ago(9*time.Minute)), ptr(ago(4*time.Minute)), 500
	nulls.Value, nulls.Unit, nulls.Start, nulls.Records = ptr(1.5), "percent", ptr(ago(20*time.Minute)), 400
	p.Inputs = []mesh.Input{{
		Topic: upstream, Partition: 0, Instance: "orders", Incarnation: "a1", Generation: 1, At: Now(), Position: 5012, Accepted: 5000,
		EventTime: ptr(ago(3 * time.Second)), UpdatedAt: ptr(ago(2 * time.Second)), Records: 9976,
		Rejected: map[string]int64{"rule.broken": 9}, Filtered: map[string]int64{"test-order": 3}, SchemaIDs: []int32{1},
	}}
	return p
}

func health(status string, freshness *float64, accepted, records int64) mesh.Health {
	h := mesh.Health{
		Status: status, FreshnessMinutes: freshness, RecordCount: records, Accepted: accepted,
		Rejected: map[string]int64{}, Filtered: map[string]int64{}, Warnings: map[string]int64{},
		Verified: []mesh.VerifiedRange{}, Violations: []mesh.Violation{}, Quality: []mesh.Quality{},
	}
	if freshness != nil {
		h.EventTime = ptr(ago(time.Duration(*freshness * float64(time.Minute))))
		h.LastUpdate = ptr(ago(2 * time.Second))
		h.Completeness = ptr(1.0)
	}
	return h
}

func breached(h mesh.Health) mesh.Health {
	h.Breaches = 1
	return h
}

func instance(name, state, cause string, silent time.Duration, holds, topic string) mesh.Instance {
	held := mesh.Held{ID: holds, Version: "1.0.0", Mode: "transform", State: "running", Generation: 1, Partitions: []mesh.HeldPartition{}}
	if topic != "" {
		held.Partitions = append(held.Partitions, mesh.HeldPartition{Topic: topic, Partition: 0}, mesh.HeldPartition{Topic: topic, Partition: 1})
	}
	return mesh.Instance{
		Name: name, Incarnation: "a1", State: state, Cause: cause, Version: "devel", StartedAt: ago(time.Hour),
		LastHeartbeat: ago(silent), HeartbeatSeconds: 1, DataProducts: []mesh.Held{held},
	}
}

func split(id string) (first, rest string) {
	for i := range id {
		if id[i] == '.' {
			return id[:i], id[i+1:]
		}
	}
	return id, ""
}
