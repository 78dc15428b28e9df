package asyncapi_test

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestImport(t *testing.T) {
	for _, name := range []string{"trips2", "trips3"} {
		t.Run(name, func(t *testing.T) {
			imported, findings := asyncapi.Import(name+".yaml", formattest.Read(t, name+".yaml"))
			var b bytes.Buffer
			for _, i := range imported {
				text, lost := i.Contract.Encode("")
				assert.Empty(t, lost)
				fmt.Fprintf(&b, "# %s\n%s\n%s\n", i.Action, text, i.Schema)
				_, wrong := contract.ParseContract("written.odcs.yaml", text)
				assert.False(t, contract.HasErrors(wrong), "%v", wrong)
			}
			for _, f := range findings {
				fmt.Fprintln(&b, f)
			}
			goldentest.Equal(t, "testdata/"+name+".golden", b.Bytes(), *update)

			var contracts []*contract.Contract
			for _, i := range imported {
				contracts = append(contracts, i.Contract)
			}
			text, _ := asyncapi.Export(nil, contracts)
			formattest.Valid(t, formattest.Schema(t, "asyncapi", "3.1.0.json"), text)
			goldentest.Equal(t, "testdata/"+name+".export.json", text, *update)
			again, _ := asyncapi.Import(name+".json", text)
			require.Len(t, again, len(imported))
			for k, i := range imported {
				comesBack(t, i.Contract, again[k])
				assert.Equal(t, i.Action, again[k].Action)
			}
		})
	}
}

// TestDirections: in 2.x others publish what the application receives; 3.x says what the application does.
func TestDirections(t *testing.T) {
	for text, action := range map[string]string{
		"{asyncapi: 2.6.0, info: {title: a, version: 1.0.0}, channels: {t: {publish: {message: {payload: {type: object}}}}}}":                                   "receive",
		"{asyncapi: 2.0.0, info: {title: a, version: 1.0.0}, channels: {t: {subscribe: {message: {payload: {type: object}}}}}}":                                 "send",
		"{asyncapi: 2.6.0, info: {title: a, version: 1.0.0}, channels: {t: {subscribe: {}, publish: {}}}}":                                                      "send, receive",
		"{asyncapi: 3.0.0, info: {title: a, version: 1.0.0}, channels: {t: {address: t}}, operations: {o: {action: receive, channel: {$ref: '#/channels/t'}}}}": "receive",
		"{asyncapi: 3.1.0, info: {title: a, version: 1.0.0}, channels: {t: {address: t}}, operations: {o: {action: send, channel: {$ref: '#/channels/t'}}}}":    "send",
		"{asyncapi: 3.1.0, info: {title: a, version: 1.0.0}, channels: {t: {address: t}}}":                                                                      "",
	} {
		imported, findings := asyncapi.Import("a.yaml", []byte(text))
		require.Len(t, imported, 1, "%s: %v", text, findings)
		assert.Equal(t, action, imported[0].Action, text)
	}
}

func TestBrokenDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "a.yaml:1:1: error yaml.syntax: the file is empty",
		"[]":                          "a.yaml:1:1: error format.asyncapi.document: this is a list, not a document: it needs keys and values",
		"info: {title: a}":            "a.yaml:1:1: error format.asyncapi.version: the key asyncapi is missing: it says the version, such as 3.1.0",
		"asyncapi: 1.2.0":             `a.yaml:1:11: error format.asyncapi.version: asyncapi: AsyncAPI "1.2.0" is not supported; supported are 2.x and 3.x`,
		"{asyncapi: 3.0.0":            "a.yaml:1:1: error yaml.syntax: did not find expected ',' or '}': what opens here is not closed",
		"asyncapi: 3.0.0\na: 1\na: 2": "a.yaml:3:1: error key.duplicate: a: key \"a\" is given twice, first in line 2: keep one",
	} {
		imported, findings := asyncapi.Import("a.yaml", []byte(text))
		assert.Empty(t, imported, text)
		require.NotEmpty(t, findings, text)
		assert.Equal(t, want, findings[0].String(), text)
	}
}

// TestReferences: what is within the file is followed, whatever the circle; nothing else is.
func TestReferences(t *testing.T) {
	const text = `
asyncapi: 3.0.0
info: {title: a, version: 1.0.0}
channels:
  near: {address: near, messages: {m: {$ref: '#/components/messages/m~1n'}}}
  far: {address: far, messages: {m: {$ref: 'https://elsewhere.example/messages.yaml#/m'}}}
  gone: {address: gone, messages: {m: {$ref: '#/components/messages/gone'}}}
  round: {address: round, messages: {m: {$ref: '#/components/messages/round'}}}
  avro: {address: avro, messages: {m: {payload: {schemaFormat: application/vnd.apache.avro, schema: {$ref: ./a.avsc}}}}}
components:
  messages:
    m/n: {payload: {type: object, properties: {a: {type: string}}}}
    round: {$ref: '#/components/messages/round'}
`
	imported, findings := asyncapi.Import("a.yaml", []byte(text))
	require.Len(t, imported, 5)
	assert.Equal(t, "a", imported[0].Contract.Objects[0].Properties[0].Name)
	var said []string
	for _, f := range findings {
		assert.Equal(t, contract.SeverityWarning, f.Severity)
		said = append(said, fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Message))
	}
	const rule = "format.asyncapi.reference"
	assert.Equal(t, []string{
		"6 " + rule + ` "https://elsewhere.example/messages.yaml#/m" is outside this file and is not fetched: put what it refers to into the file`,
		"7 " + rule + ` "#/components/messages/gone" refers to nothing in this file`,
		"8 " + rule + " the reference leads in a circle",
		"9 " + rule + ` "./a.avsc" is outside this file and is not fetched: put what it refers to into the file`,
	}, said)
}

// TestPatternsThatCannotBeChecked stay with their property, and come back.
func TestPatternsThatCannotBeChecked(t *testing.T) {
	imported, findings := asyncapi.Import("a.yaml", []byte("{asyncapi: 3.1.0, info: {title: a, version: 1.0.0}, channels: {t: {address: t, messages: {m: {payload: {type: object, properties: {a: {type: string, pattern: '^(?=a)b'}}}}}}}}"))
	require.Len(t, imported, 1)
	require.Len(t, findings, 1)
	assert.Contains(t, findings[0].Message, "patterns are RE2, without look-around and back-references")
	text, _ := asyncapi.Export(nil, []*contract.Contract{imported[0].Contract})
	assert.Contains(t, string(text), `"pattern": "^(?=a)b"`)
}

// TestEditsWin: what somebody changes in an exported document is what an import gives, beside what only ODCS has.
func TestEditsWin(t *testing.T) {
	set := formattest.Repository(t)
	c, ok := set.Contract("urn:datamesh:orders:order-lines:lines:1")
	require.True(t, ok)
	text, _ := asyncapi.Export(nil, []*contract.Contract{c})
	edited := strings.NewReplacer(
		`"partitions": 3`, `"partitions": 9`,
		`"retention.ms": 63072000000`, `"retention.ms": 86400000`,
		`"host": "127.0.0.1:9092"`, `"host": "kafka.example:9092"`,
		`"title": "Order lines"`, `"title": "Lines of orders"`,
	).Replace(string(text))
	imported, findings := asyncapi.Import("edited.json", []byte(edited))
	require.Empty(t, findings)
	got := imported[0].Contract
	assert.Equal(t, 9, got.Partitions())
	assert.Equal(t, 24.0, got.SLA().Retention.Hours())
	assert.Equal(t, "kafka.example:9092", got.Servers[0].Host)
	assert.Equal(t, "demo", got.Servers[0].Environment)
	assert.Equal(t, "Lines of orders", got.Name)
	assert.Equal(t, c.Key(), got.Key())
	assert.Equal(t, c.Owner(), got.Owner())
	assert.Equal(t, c.Objects[0].Properties[0].Quality[0].Metric, got.Objects[0].Properties[0].Quality[0].Metric)
}

// TestAnExtensionThatDoesNotFit is left out, with the reason, and the rest of the channel is imported.
func TestAnExtensionThatDoesNotFit(t *testing.T) {
	imported, findings := asyncapi.Import("a.yaml", []byte("{asyncapi: 3.1.0, info: {title: a, version: 1.0.0}, channels: {t: {address: t, x-odcs: {status: 7, colour: red}}}}"))
	require.Len(t, imported, 1)
	assert.Equal(t, "draft", imported[0].Contract.Status)
	var rules []string
	for _, f := range findings {
		assert.Equal(t, contract.SeverityWarning, f.Severity)
		assert.Equal(t, 1, f.Line)
		rules = append(rules, f.Rule)
	}
	assert.ElementsMatch(t, []string{"key.unknown", "value.type", "format.asyncapi.extension", "format.asyncapi.payload"}, rules)
}

func FuzzImport(f *testing.F) {
	for _, name := range []string{"trips2.yaml", "trips3.yaml", "trips2.export.json"} {
		f.Add(formattest.Read(f, name))
	}
	f.Add([]byte("{asyncapi: 3.0.0, channels: {a: {address: a, messages: {m: {payload: {allOf: [{$ref: '#/channels/a/messages/m/payload'}]}}}}}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		imported, findings := asyncapi.Import("a.yaml", text)
		if imported == nil && len(findings) == 0 {
			t.Fatal("nothing, and no reason")
		}
		var contracts []*contract.Contract
		for _, i := range imported {
			text, _ := i.Contract.Encode("")
			if _, wrong := contract.ParseContract("written.odcs.yaml", text); contract.HasErrors(wrong) {
				t.Fatalf("%v\n%s", wrong, text)
			}
			contracts = append(contracts, i.Contract)
		}
		asyncapi.Export(nil, contracts)
	})
}
