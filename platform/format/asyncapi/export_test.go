package asyncapi_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

func TestEveryContractIsValidAndComesBack(t *testing.T) {
	s := formattest.Schema(t, "asyncapi", "3.1.0.json")
	for _, c := range formattest.Repository(t).Contracts() {
		t.Run(c.ID, func(t *testing.T) {
			text, findings := asyncapi.Export(nil, []*contract.Contract{c})
			assert.Empty(t, findings)
			formattest.Valid(t, s, text)
			again, _ := asyncapi.Export(nil, []*contract.Contract{c})
			assert.True(t, bytes.Equal(text, again), "the same contract gives other bytes")

			imported, findings := asyncapi.Import("orders.json", text)
			assert.Empty(t, findings)
			require.Len(t, imported, 1)
			comesBack(t, c, imported[0])
			assert.Equal(t, "send", imported[0].Action)
		})
	}
}

func TestEveryDataProductIsValidAndComesBack(t *testing.T) {
	s, set := formattest.Schema(t, "asyncapi", "3.1.0.json"), formattest.Repository(t)
	for _, p := range set.DataProducts() {
		t.Run(p.ID, func(t *testing.T) {
			text, findings := asyncapi.Export(p, set.Contracts())
			assert.Empty(t, findings)
			formattest.Valid(t, s, text)
			imported, findings := asyncapi.Import("orders.json", text)
			assert.False(t, contract.HasErrors(findings), "%v", findings)
			actions := make(map[string]string)
			for _, i := range imported {
				c, ok := set.Contract(i.Contract.ID)
				require.True(t, ok, i.Contract.ID)
				comesBack(t, c, i)
				actions[c.ID] = i.Action
			}
			for _, port := range p.OutputPorts {
				assert.Contains(t, actions[port.ContractID], "send")
			}
			for _, port := range p.InputPorts {
				assert.Contains(t, actions[port.ContractID], "receive")
			}
		})
	}
}

// comesBack wants the contract and its schema as they were.
func comesBack(t *testing.T, c *contract.Contract, i asyncapi.Imported) {
	t.Helper()
	want, got := values.JSON(c.Document()), values.JSON(i.Contract.Document()) // the order of keys says nothing
	assert.JSONEq(t, string(want), string(got))
	if c.Schema() != nil {
		s, err := avro.Parse(i.Schema)
		require.NoError(t, err)
		assert.Equal(t, string(c.Schema().Canonical()), string(s.Canonical()))
	}
}
