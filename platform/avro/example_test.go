package avro_test

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// A contract's rules, checked on the bytes that a producer sent.
func ExampleProgram_Walk() {
	schema, err := avro.Parse([]byte(`{"type":"record","name":"Sale","fields":[
		{"name":"id","type":"string"},
		{"name":"sales","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := avro.Compile(schema, avro.Options{
		Rules:    []avro.Rule{{ID: "sales.minimum", Path: []string{"sales"}, Kind: avro.Minimum, Text: "0.01"}},
		Captures: []avro.Capture{{Name: "key", Path: []string{"id"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	notes := program.NewNotes() // one per goroutine
	for _, sample := range []string{`{"id":"a","sales":261.96}`, `{"id":"b","sales":0}`} {
		payload, err := avro.EncodeJSON(schema, []byte(sample))
		if err != nil {
			fmt.Println(err)
			return
		}
		if verdict := program.Walk(payload, notes); !verdict.OK() {
			fmt.Println(program.Rejection(verdict))
			continue
		}
		key, _ := notes.Bytes(0)
		value, err := program.Decode(payload)
		if err != nil {
			fmt.Println(err)
			return
		}
		text, err := json.Marshal(value)
		fmt.Println(string(key), string(text), err)
	}
	// Output:
	// a {"id":"a","sales":261.9600} <nil>
	// rule.broken (sales.minimum): sales breaks minimum 0.01
}

// Why an older reader cannot read a new schema's data.
func ExampleCanRead() {
	older, _ := avro.Parse([]byte(`{"type":"record","name":"Sale","fields":[{"name":"quantity","type":"int"}]}`))
	newer, _ := avro.Parse([]byte(`{"type":"record","name":"Sale","fields":[{"name":"quantity","type":"long"}]}`))
	for _, finding := range avro.CanRead(older, newer) {
		fmt.Println(finding)
	}
	// Output: quantity: long cannot be read as int (type)
}
