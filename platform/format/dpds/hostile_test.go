package dpds_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/formattest"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// TestPortsThatShareOneDescription many times end in an error.
func TestPortsThatShareOneDescription(t *testing.T) {
	port := `{"name": "p", "version": "1.0.0", "x-list": [` + strings.Repeat("1,", 999) + `1]}`
	text := `{"dataProductDescriptor": "1.0.0", "info": {"name": "a", "version": "1.0.0", "domain": "d", "owner": {"id": "a"}}, "components": {"outputPorts": {"p": ` + port + `}},
		"interfaceComponents": {"outputPorts": [` + strings.Repeat(`{"$ref": "#/components/outputPorts/p"},`, 5000) + port + `]}}`
	p, _, findings := dpds.Import("a.json", []byte(text)) // what is not bounded makes five million numbers
	assert.Nil(t, p)
	require.True(t, contract.HasErrors(findings))
	assert.Contains(t, fmt.Sprint(findings), "format.dpds.limit")
}

// TestSpoiledDescriptors puts something else in place of every value: the import says what is wrong, or gives a data product and
// contracts that are right.
func TestSpoiledDescriptors(t *testing.T) {
	for _, name := range []string{"trips.json", "trips.export.json"} {
		whole := values.FromJSON(formattest.Read(t, name))
		for spoiled := range formattest.Spoiled(whole) {
			p, contracts, findings := dpds.Import(name, values.JSON(spoiled))
			require.Equal(t, contract.HasErrors(findings), p == nil, "%v", findings)
			if p == nil {
				continue
			}
			text, _ := p.Encode("")
			_, wrong := contract.ParseDataProduct("written.odps.yaml", text)
			require.False(t, contract.HasErrors(wrong), "%v\n%s", wrong, text)
			for _, c := range contracts {
				text, _ := c.Encode("")
				_, wrong := contract.ParseContract("written.odcs.yaml", text)
				require.False(t, contract.HasErrors(wrong), "%v\n%s", wrong, text)
			}
		}
	}
}
