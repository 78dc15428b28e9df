package asyncapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
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
		whole := values.FromJSON(formattest.Read(t, name))
		for spoiled := range formattest.Spoiled(whole) {
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
