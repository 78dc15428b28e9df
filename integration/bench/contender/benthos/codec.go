package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	hamba "github.com/hamba/avro/v2"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// codec is the order's schema with times and dates as the numbers that they are on the wire: a mapping compares numbers.
type codec struct{ schema hamba.Schema }

func newCodec() (codec, error) {
	text := strings.NewReplacer(`,"logicalType":"timestamp-millis"`, "", `,"logicalType":"date"`, "").Replace(orders.Schema)
	schema, err := hamba.Parse(text)
	if err != nil {
		return codec{}, fmt.Errorf("parse the order's schema: %w", err)
	}
	return codec{schema}, nil
}

// nullable are the unions, with the name of their branch that is not null.
var nullable = [...]struct{ field, branch string }{{"dueOn", "int"}, {"note", "string"}}

type decode struct{ codec }

// Process turns an Avro payload into a structured message, and keeps the original for the dead letters.
func (d decode) Process(_ context.Context, m *service.Message) (service.MessageBatch, error) {
	raw, err := m.AsBytes()
	if err != nil {
		return nil, err
	}
	m.MetaSetMut("raw", raw)
	if len(raw) < 5 || raw[0] != 0 {
		return nil, job.ErrFrame
	}
	var order map[string]any
	if err := hamba.Unmarshal(d.schema, raw[5:], &order); err != nil {
		return nil, err
	}
	total, ok := order["total"].(*big.Rat)
	if !ok {
		return nil, errors.New("total is no decimal")
	}
	order["total"], _ = total.Float64()
	for _, f := range nullable {
		if branch, ok := order[f.field].(map[string]any); ok {
			order[f.field] = branch[f.branch]
		}
	}
	m.SetStructuredMut(order)
	return service.MessageBatch{m}, nil
}

// Close does nothing.
func (decode) Close(context.Context) error { return nil }

type encode struct{ codec }

// Process turns a structured message into Avro, in the frame that it came in.
func (e encode) Process(_ context.Context, m *service.Message) (service.MessageBatch, error) {
	structured, err := m.AsStructuredMut()
	if err != nil {
		return nil, err
	}
	order, ok := structured.(map[string]any)
	if !ok {
		return nil, errors.New("the message is no object")
	}
	total, ok := order["total"].(float64)
	if !ok {
		return nil, errors.New("total is no number")
	}
	order["total"] = big.NewRat(int64(math.Round(total*100)), 100)
	for _, f := range nullable {
		if order[f.field] != nil {
			order[f.field] = map[string]any{f.branch: order[f.field]}
		}
	}
	payload, err := hamba.Marshal(e.schema, order)
	if err != nil {
		return nil, err
	}
	raw, _ := m.MetaGetMut("raw")
	frame, _ := raw.([]byte)
	m.SetBytes(append(bytes.Clone(frame[:5]), payload...))
	return service.MessageBatch{m}, nil
}

// Close does nothing.
func (encode) Close(context.Context) error { return nil }
