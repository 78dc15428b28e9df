package local

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// readback reads topics as any consumer would: committed records, schemas by the registry's ids. It shares nothing with
// the runtime that wrote them but the walker.
type readback struct {
	clients   *clients
	contracts map[string]*contract.Contract // by topic
	programs  map[programKey]*avro.Program
}

type programKey struct {
	topic    string
	schemaID int
}

// holding is what a topic turned out to hold.
type holding struct {
	records    int64
	sum        traffic.Money // of the field that was asked for
	first, end map[int32]int64
	problems   []string // the first few records that break the contract
	broken     int
}

// mostProblems is how many broken records of a topic are told one by one.
const mostProblems = 3

func newReadback(c *clients, set *contract.Set) *readback {
	r := &readback{clients: c, contracts: map[string]*contract.Contract{}, programs: map[programKey]*avro.Program{}}
	for _, of := range set.Contracts() {
		r.contracts[of.Topic()] = of
	}
	return r
}

// count only counts the records of topics, whatever they are.
func (r *readback) count(ctx context.Context, topics ...string) (map[string]*holding, error) {
	return r.each(ctx, topics, func(*holding, *kafka.Record) error { return nil })
}

// check reads ports, holds each record against its contract, and sums one field of each where sums names one.
func (r *readback) check(ctx context.Context, sums map[string]string, topics ...string) (map[string]*holding, error) {
	return r.each(ctx, topics, func(h *holding, rec *kafka.Record) error {
		problem, err := r.judge(ctx, h, rec, sums[rec.Topic])
		if problem != "" {
			if h.broken++; h.broken <= mostProblems {
				h.problems = append(h.problems, fmt.Sprintf("%s/%d offset %d: %s", rec.Topic, rec.Partition, rec.Offset, problem))
			}
		}
		return err
	})
}

// each reads one topic after the other, so that little of them is in memory at a time.
func (r *readback) each(ctx context.Context, topics []string, see func(*holding, *kafka.Record) error) (map[string]*holding, error) {
	found := map[string]*holding{}
	for _, topic := range topics {
		h := &holding{first: map[int32]int64{}, end: map[int32]int64{}}
		found[topic] = h
		bounds, err := scan.Bounds(ctx, r.clients.admin, topic)
		if err != nil {
			return nil, err
		}
		for rec, err := range scan.Records(ctx, r.clients.kafka, bounds) {
			if err != nil {
				return nil, err
			}
			h.records++
			if _, ok := h.first[rec.Partition]; !ok {
				h.first[rec.Partition] = rec.Offset
			}
			h.end[rec.Partition] = rec.Offset + 1
			if err := see(h, rec); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// Captures of a readback's programs.
const (
	captureKey = iota
	captureSum
)

// judge says what is wrong with a port's record; "" for nothing.
func (r *readback) judge(ctx context.Context, h *holding, rec *kafka.Record, sumOf string) (string, error) {
	of := r.contracts[rec.Topic]
	if rec.Value == nil {
		if !of.Compacted() {
			return "a tombstone on a port that is not compacted", nil
		}
		return "", nil
	}
	id, payload, ok := avro.SplitFrame(rec.Value)
	if !ok {
		return "not in the Confluent wire format", nil
	}
	program, err := r.program(ctx, of, id, sumOf)
	if err != nil {
		return "", err
	}
	notes := program.NewNotes()
	if v := program.Walk(payload, notes); !v.OK() {
		return program.Rejection(v).Error(), nil
	}
	if key, ok := notes.Bytes(captureKey); ok && !bytes.Equal(key, rec.Key) {
		return "its key is not the field that the contract names", nil
	}
	if sumOf != "" {
		amount, ok := notes.Bytes(captureSum)
		if !ok {
			return sumOf + " is missing", nil
		}
		h.sum += unscaled(amount)
	}
	return "", nil
}

func (r *readback) program(ctx context.Context, of *contract.Contract, id int, sumOf string) (*avro.Program, error) {
	key := programKey{of.Topic(), id}
	if p, ok := r.programs[key]; ok {
		return p, nil
	}
	schema, err := r.clients.registry.Schema(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("schema id %d on %s: %w", id, of.Topic(), err)
	}
	rules, _ := of.Rules()
	captures := []avro.Capture{captureKey: {Name: "key", Path: of.Key()}}
	if sumOf != "" {
		captures = append(captures, avro.Capture{Name: "sum", Path: strings.Split(sumOf, ".")}) // captureSum
	}
	p, err := avro.Compile(schema, avro.Options{Rules: rules, Captures: captures, Reader: of.Schema()})
	if err != nil {
		return nil, fmt.Errorf("schema id %d on %s: %w", id, of.Topic(), err)
	}
	r.programs[key] = p
	return p, nil
}

// unscaled reads an Avro decimal: a big-endian two's complement number of ten-thousandths.
func unscaled(b []byte) traffic.Money {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return traffic.Money(n.Int64())
}

// deadLetters counts dead letters by data product and reason, and finds records that have more than one.
func (r *readback) deadLetters(ctx context.Context, dataProducts []string) (map[string]map[fault.Reason]int64, []string, error) {
	reasons := map[string]map[fault.Reason]int64{}
	product := map[string]string{} // topic -> data product
	var topics, problems []string
	for _, id := range dataProducts {
		topic := deadletter.Topic(id)
		topics, product[topic], reasons[id] = append(topics, topic), id, map[fault.Reason]int64{}
	}
	seen := map[string]map[deadletter.Coordinates]bool{}
	_, err := r.each(ctx, topics, func(_ *holding, rec *kafka.Record) error {
		letter, id := deadletter.Parse(rec), product[rec.Topic]
		reasons[id][letter.Reason]++
		if seen[id] == nil {
			seen[id] = map[deadletter.Coordinates]bool{}
		}
		if seen[id][letter.Origin] {
			problems = append(problems, fmt.Sprintf("%s has two dead letters of the record at %s", id, letter.Origin))
		}
		seen[id][letter.Origin] = true
		return nil
	})
	return reasons, problems, err
}
