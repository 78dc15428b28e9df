package portal

import (
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
)

// summarize tells how the mesh is doing.
func summarize(m Mesh, now time.Time) api.Summary {
	products, ports := m.DataProducts(), m.Ports()
	instances, breaches := m.Instances(), m.Breaches()
	sum := api.Summary{
		Status:       "ok",
		DataProducts: len(products),
		Ports:        len(ports),
		Instances:    len(instances),
		States:       map[string]int{},
		Statuses:     map[string]int{},
		Attention:    attention(products, ports, instances, breaches),
		CaughtUp:     m.CaughtUp(),
		At:           now.UTC(),
	}
	for _, b := range breaches {
		if b.Open() {
			sum.Breaches++
		}
	}
	for _, p := range ports {
		sum.Statuses[p.Health.Status]++
		sum.Records += p.Health.RecordCount
	}
	byProduct := portsByProduct(ports)
	for _, p := range products {
		sum.States[p.State]++
		sum.Rejected += countInput(p.Mode, byProduct[p.ID]).rejected
	}
	if len(sum.Attention) > 0 {
		sum.Status = "attention"
	}
	return sum
}

// attention lists what needs a person, the worst first: ports that lost records, instances that are gone, breaches
// that last, and data products in a bad state that no instance in the list explains.
func attention(products []mesh.DataProduct, ports []mesh.Port, instances []mesh.Instance, breaches []mesh.Breach) []api.Attention {
	list := []api.Attention{}
	for _, p := range ports {
		if p.Health.Lost > 0 {
			list = append(list, api.Attention{Kind: "port", ID: p.ID, Status: "records lost", Cause: human.Count(p.Health.Lost) + " input records were removed by retention before they were read"})
		}
	}
	explained := map[string]bool{}
	for _, i := range instances {
		if !alarming(i.State) {
			continue
		}
		list = append(list, api.Attention{Kind: "instance", ID: i.Name, Status: i.State, Cause: i.Cause})
		for _, held := range i.DataProducts {
			explained[held.ID] = true
		}
	}
	for _, b := range breaches {
		if b.Open() {
			list = append(list, api.Attention{Kind: "breach", ID: b.Port, Status: b.SLA + " breached", Cause: breachCause(b)})
		}
	}
	for _, p := range products {
		if alarming(p.State) && !explained[p.ID] {
			list = append(list, api.Attention{Kind: "data_product", ID: p.ID, Status: p.State, Cause: p.Cause})
		}
	}
	return list
}

func breachCause(b mesh.Breach) string {
	cause := "promised " + b.Promised + ", observed " + b.Observed
	if b.Cause != "" {
		cause += ": " + b.Cause
	}
	return cause
}

// alarming states do not pass by themselves.
func alarming(state string) bool {
	switch lifecycle.Parse(state) {
	case lifecycle.Lost, lifecycle.Failed, lifecycle.Tripped, lifecycle.Degraded:
		return true
	}
	return false
}

func portsByProduct(ports []mesh.Port) map[string][]mesh.Port {
	by := map[string][]mesh.Port{}
	for _, p := range ports {
		by[p.DataProduct] = append(by[p.DataProduct], p)
	}
	return by
}

// input is what became of a data product's input records.
type input struct {
	accepted, rejected, filtered int64
	reasons                      map[string]int64 // rejected, by reason
}

// countInput adds up ports of one data product. The output ports of a transform are made from the same input, so
// that each tells all of it: there the port that tells most is taken, where otherwise they are summed.
func countInput(mode string, ports []mesh.Port) input {
	if mode == "transform" && len(ports) > 1 {
		ports = []mesh.Port{slices.MaxFunc(ports, func(a, b mesh.Port) int { return int(a.Health.In() - b.Health.In()) })}
	}
	in := input{reasons: map[string]int64{}}
	for _, p := range ports {
		in.accepted += p.Health.Accepted
		in.rejected += p.Health.RejectedTotal()
		in.filtered += p.Health.FilteredTotal()
		for reason, n := range p.Health.Rejected {
			in.reasons[reason] += n
		}
	}
	return in
}

// completeness is accepted / (accepted + rejected); nil where there was neither.
func (in input) completeness() *float64 {
	judged := in.accepted + in.rejected
	if judged == 0 {
		return nil
	}
	ratio := float64(in.accepted) / float64(judged)
	return &ratio
}
