package registry

import (
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// transitive is what the name of a level ends with that counts every earlier version, not only the newest.
const transitive = "_TRANSITIVE"

// Transitive says whether a level counts every earlier version.
func Transitive(level avro.Level) bool { return strings.HasSuffix(string(level), transitive) }

// Compare says why next may not follow one registered version of its subject. It does what level.Check does for
// a history of one, and names the version as its subject numbers it.
func Compare(level avro.Level, next *avro.Schema, version int, before *avro.Schema) []avro.Finding {
	var all []avro.Finding
	add := func(how string, findings []avro.Finding) {
		for _, f := range findings {
			f.Message = fmt.Sprintf("%s: %s", how, f.Message)
			all = append(all, f)
		}
	}
	base := avro.Level(strings.TrimSuffix(string(level), transitive))
	if base == avro.Backward || base == avro.Full {
		add(fmt.Sprintf("backward, the new schema reading version %d", version), avro.CanRead(next, before))
	}
	if base == avro.Forward || base == avro.Full {
		add(fmt.Sprintf("forward, version %d reading the new schema", version), avro.CanRead(before, next))
	}
	return all
}
