package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

// judge reads everything back and compares it with the ledger.
func (m *Mesh) judge(ctx context.Context, s *Summary, ledger *traffic.Ledger, expected []traffic.Expected, resumed bool) error {
	read := newReadback(m.clients, m.contracts)
	published := ledger.Published()
	inputs, err := read.count(ctx, slices.Sorted(maps.Keys(published))...)
	if err != nil {
		return err
	}
	for _, topic := range slices.Sorted(maps.Keys(published)) {
		compare(s, "records on "+topic, inputs[topic].records, published[topic])
	}
	var ports, withLetters []string
	sums := map[string]string{}
	for _, e := range expected {
		product, ok := m.contracts.DataProduct(e.DataProduct)
		if !ok {
			return fmt.Errorf("no data product %s among the contracts", e.DataProduct)
		}
		if product.Mode() == contract.Observe {
			continue
		}
		withLetters = append(withLetters, e.DataProduct)
		for _, p := range e.Ports {
			ports, sums[p.Port] = append(ports, p.Port), p.SumOf
		}
	}
	held, err := read.check(ctx, sums, ports...)
	if err != nil {
		return err
	}
	letters, problems, err := read.deadLetters(ctx, withLetters)
	if err != nil {
		return err
	}
	s.Differences = append(s.Differences, problems...)
	for topic, h := range inputs {
		held[topic] = h
	}
	v := &verdict{Summary: s, mesh: m, held: held, letters: letters, resumed: resumed}
	for _, e := range expected {
		if err := v.dataProduct(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// verdict holds one data product after the other against what was expected of it.
type verdict struct {
	*Summary
	mesh    *Mesh
	held    map[string]*holding // by topic
	letters map[string]map[fault.Reason]int64
	resumed bool // an earlier process did a part of it
}

func (v *verdict) dataProduct(ctx context.Context, e traffic.Expected) error {
	product, _ := v.mesh.contracts.DataProduct(e.DataProduct)
	if err := v.positions(ctx, product, e); err != nil {
		return err
	}
	observed := product.Mode() == contract.Observe
	for i, p := range e.Ports {
		port, ok := v.mesh.platform.Mesh().Port(p.Port)
		if !ok {
			v.differs("port %s: the platform does not know it", p.Port)
			continue
		}
		h := port.Health
		dead, filtered := sum(h.Rejected), sum(h.Filtered)
		row := PortSummary{Port: p.Port, Mode: string(product.Mode()), In: outcomes(h)}
		compare(v.Summary, p.Port+" in", row.In, e.In)
		compare(v.Summary, p.Port+" accepted", h.Accepted, e.Accepted)
		compare(v.Summary, p.Port+" dead", dead, e.Dead)
		compare(v.Summary, p.Port+" filtered", filtered, e.Filtered)
		v.compareReasons(p.Port+" rejected", reasonsOf(h.Rejected), e.Reasons)
		topic := p.Port
		if observed {
			topic = e.Input
			row.Conforming, row.Violating = &h.Accepted, &dead
		} else {
			row.Accepted, row.Dead, row.Filtered = &h.Accepted, &dead, &filtered
			v.records(p, h)
		}
		row.Records, row.Verified = v.held[topic].records, v.verified(topic, h)
		if !row.Verified && !v.resumed {
			v.differs("port %s: its verified ranges do not cover all its records", p.Port)
		}
		v.Ports = append(v.Ports, row)
		if i == 0 {
			for reason, n := range h.Rejected {
				v.Reasons[fault.Reason(reason)] += n
			}
		}
	}
	if !observed {
		v.compareReasons(deadletter.Topic(e.DataProduct)+" letters", v.letters[e.DataProduct], e.Reasons)
	}
	return nil
}

func reasonsOf(counts map[string]int64) map[fault.Reason]int64 {
	reasons := make(map[fault.Reason]int64, len(counts))
	for r, n := range counts {
		reasons[fault.Reason(r)] = n
	}
	return reasons
}

// records compares what a port's topic holds.
func (v *verdict) records(p traffic.ExpectedPort, h mesh.Health) {
	held := v.held[p.Port]
	compare(v.Summary, p.Port+" records counted", h.RecordCount, p.Records)
	compare(v.Summary, p.Port+" records on the topic", held.records, p.Records)
	if p.SumOf != "" {
		compare(v.Summary, p.Port+" sum of "+p.SumOf, held.sum.String(), p.Sum.String())
	}
	compare(v.Summary, p.Port+" records that break the contract", held.broken, 0)
	v.Differences = append(v.Differences, held.problems...)
}

// verified says whether the verified ranges cover every record of the topic.
func (v *verdict) verified(topic string, h mesh.Health) bool {
	held := v.held[topic]
	for partition, first := range held.first {
		covered := slices.ContainsFunc(h.Verified, func(r mesh.VerifiedRange) bool {
			return r.Partition == partition && r.From <= first && r.To >= held.end[partition]
		})
		if !covered {
			return false
		}
	}
	return true
}

// positions makes sure that the group has passed every record of its input.
func (v *verdict) positions(ctx context.Context, product *contract.DataProduct, e traffic.Expected) error {
	offsets, err := v.mesh.clients.admin.GroupOffsets(ctx, groupOf(product))
	if err != nil {
		return err
	}
	held := v.held[e.Input]
	if held == nil {
		return errors.New("nothing was read of " + e.Input)
	}
	for partition, end := range held.end {
		tp := kafka.TopicPartition{Topic: e.Input, Partition: partition}
		if at := offsets[tp].Offset; at < end {
			v.differs("group %s stands at offset %d of %s, whose records end at %d", groupOf(product), at, tp, end)
		}
	}
	return nil
}
