package mask

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// harmless says whether a header never holds a field's value: those of the mesh, and of CloudEvents but for the
// subject and whatever extension somebody invents.
func harmless(name string) bool {
	switch name {
	case event.HeaderCESpecVersion, event.HeaderCEID, event.HeaderCESource, event.HeaderCEType, event.HeaderCETime,
		event.HeaderCEDataSchema, event.HeaderContentType, "traceparent", "tracestate":
		return true
	}
	return strings.HasPrefix(name, "tidemark.")
}
