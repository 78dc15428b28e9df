package topic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// decoder turns values of records into what a survey counts.
type decoder struct {
	ctx      context.Context
	source   Source
	schema   *avro.Schema          // nil: JSON
	programs map[int]*avro.Program // by the writer's schema id; nil where it cannot be read
}

// decode gives a value, nil of a tombstone; false where it cannot be read. An error is the registry's.
func (d *decoder) decode(value []byte) (any, bool, error) {
	switch {
	case value == nil:
		return nil, true, nil
	case d.schema == nil:
		v, ok := decodeJSON(value)
		return v, ok, nil
	}
	id, payload, framed := avro.SplitFrame(value)
	if !framed {
		return nil, false, nil
	}
	program, known := d.programs[id]
	if !known {
		var err error
		if program, err = d.compile(id); err != nil {
			return nil, false, err
		}
		d.programs[id] = program
	}
	if program == nil {
		return nil, false, nil
	}
	v, err := program.Decode(payload)
	return v, err == nil, nil
}

// compile is nil for a schema that is not known or that the subject's newest cannot read.
func (d *decoder) compile(id int) (*avro.Program, error) {
	writer, err := d.source.Registry.Schema(d.ctx, id)
	if errors.Is(err, registry.ErrUnknownSchema) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	program, err := avro.Compile(writer, avro.Options{Reader: d.schema})
	if err != nil {
		return nil, nil // it says why; the count of unreadable records is what matters here
	}
	return program, nil
}

// decodeJSON reads one JSON object. Numbers keep their digits.
func decodeJSON(text []byte) (map[string]any, bool) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var v map[string]any
	if err := in.Decode(&v); err != nil || v == nil {
		return nil, false
	}
	_, err := in.Token()
	return v, errors.Is(err, io.EOF)
}
