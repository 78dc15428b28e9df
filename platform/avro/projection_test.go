package avro

import (
	"bytes"
	"testing"
)

// Fields are copied under other names and in another order, from a writer that has yet another order, and what the input lacks
// takes its default: as a decoder and an encoder would have it.
func TestProjection(t *testing.T) {
	reader := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"id","type":"string"},{"name":"n","type":"int"},
		{"name":"list","type":{"type":"array","items":"long"}},{"name":"rest","type":["null","string"],"default":null}]}`)
	writer := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"list","type":{"type":"array","items":"int"}},{"name":"n","type":"int"},{"name":"id","type":"string"}]}`)
	to := mustParse(t, `{"type":"record","name":"B","fields":[{"name":"list","type":{"type":"array","items":"long"}},{"name":"key","type":"string"},
		{"name":"rest","type":["null","string"]},{"name":"new","type":"int","default":7}]}`)
	p, err := NewProjection(reader, to, map[string]string{"key": "id"})
	if err != nil {
		t.Fatal(err)
	}
	want, err := EncodeJSON(to, []byte(`{"list":[1,300],"key":"x","rest":null,"new":7}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		schema *Schema
		text   string
	}{"reader": {reader, `{"id":"x","n":5,"list":[1,300],"rest":null}`}, "writer": {writer, `{"list":[1,300],"n":5,"id":"x"}`}} {
		payload, err := EncodeJSON(c.schema, []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		projector, err := p.For(c.schema)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // its scratch is used again
			if got := projector.Append([]byte("kept"), payload); !bytes.Equal(got, append([]byte("kept"), want...)) {
				t.Errorf("%s: %x, not %x", name, got, want)
			}
		}
	}
	if _, err := p.For(mustParse(t, `{"type":"record","name":"A","fields":[]}`)); err == nil {
		t.Error("a writer that cannot be read")
	}
	scaled := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}`)
	other := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}}]}`)
	if _, err := NewProjection(scaled, other, nil); err == nil {
		t.Error("the same bytes mean another number there")
	}
}
