package asyncapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// TestFilesThatGrow: a small file that would become a large one ends in an error, soon.
func TestFilesThatGrow(t *testing.T) {
	const head = "asyncapi: 3.0.0\ninfo: {title: a, version: 1.0.0, description: %s}\n"
	channels := func(n int, payload string) string {
		text := "channels:\n"
		for i := range n {
			text += fmt.Sprintf("  c%d: {address: c%d, messages: {m: {payload: %s}}}\n", i, i, payload)
		}
		return text
	}
	doubling := "components:\n  schemas:\n    s0: {type: string}\n"
	for i := range 11 {
		doubling += fmt.Sprintf("    s%d: {type: object, properties: {a: {$ref: '#/components/schemas/s%d'}, b: {$ref: '#/components/schemas/s%d'}}}\n", i+1, i, i)
	}
	record := "{type: record, name: A, fields: [{name: a, type: int}]}"
	for i := range 5 {
		var fields []string
		for f := range 6 {
			kind := "R"
			if f == 0 {
				kind = record
			}
			fields = append(fields, fmt.Sprintf("{name: f%d, type: %s}", f, strings.ReplaceAll(kind, "R", fmt.Sprintf("R%d", i-1))))
		}
		record = fmt.Sprintf("{type: record, name: R%d, fields: [%s]}", i, strings.Join(fields, ", "))
	}
	record = strings.ReplaceAll(record, "R-1", "A")
	for name, text := range map[string]string{
		"many channels of one schema": fmt.Sprintf(head, "a") + channels(2000, "{$ref: '#/components/schemas/s11'}") + doubling,
		"many channels of one record": fmt.Sprintf(head, "a") + channels(2000, "{schemaFormat: application/vnd.apache.avro, schema: {$ref: '#/components/avro'}}") + "components: {avro: " + record + "}\n",
		"many channels of one text":   fmt.Sprintf(head, strings.Repeat("a", 500_000)) + channels(2000, "{type: object}"),
	} {
		t.Run(name, func(t *testing.T) {
			imported, findings := asyncapi.Import("a.yaml", []byte(text)) // in less than a second; what is not bounded takes minutes
			assert.Empty(t, imported)
			require.True(t, contract.HasErrors(findings), "%v", findings)
			assert.Contains(t, fmt.Sprint(findings), "limit")
		})
	}
}

// TestSpoiledDocuments puts something else in place of every value: the import says what is wrong, or gives contracts that are
// right.
func TestSpoiledDocuments(t *testing.T) {
	for _, name := range []string{"trips2.yaml", "trips3.yaml", "trips3.export.json"} {
		whole := values.FromJSON(read(t, name))
		others := []contract.Value{values.Text("text"), values.Int(-1), values.Bool(true), {Kind: strict.Null}, {Kind: strict.List}, {Kind: strict.Map}, values.List(values.Object(values.Key("$ref", values.Text("#"))))}
		for n := 0; ; n += 3 {
			left := n
			spoiled := spoil(whole, others[n%len(others)], &left)
			if left >= 0 {
				break
			}
			imported, findings := asyncapi.Import(name, values.JSON(spoiled))
			require.False(t, imported == nil && findings == nil)
			for _, i := range imported {
				text, _ := i.Contract.Encode("")
				_, wrong := contract.ParseContract("written.odcs.yaml", text)
				require.False(t, contract.HasErrors(wrong), "%v\n%s", wrong, text)
			}
		}
	}
}

// spoil puts other in place of the value number left of a document, and makes left negative when it has.
func spoil(v, other contract.Value, left *int) contract.Value {
	if *left--; *left == -1 {
		return other
	}
	v.Items = append([]contract.Value(nil), v.Items...)
	for i := range v.Items {
		if *left >= 0 {
			v.Items[i] = spoil(v.Items[i], other, left)
		}
	}
	v.Entries = append([]strict.Entry(nil), v.Entries...)
	for i := range v.Entries {
		if *left >= 0 {
			v.Entries[i].Value = spoil(v.Entries[i].Value, other, left)
		}
	}
	return v
}
