package avro

import (
	"fmt"
	"strings"
)

// Level is a subject's compatibility level, spelled as Confluent's Schema Registry does.
type Level string

// The levels: who must be able to read whom. Without _TRANSITIVE only the newest earlier version counts.
const (
	None               Level = "NONE"
	Backward           Level = "BACKWARD" // the new schema reads old data
	BackwardTransitive Level = "BACKWARD_TRANSITIVE"
	Forward            Level = "FORWARD" // the old schemas read new data
	ForwardTransitive  Level = "FORWARD_TRANSITIVE"
	Full               Level = "FULL" // both
	FullTransitive     Level = "FULL_TRANSITIVE"
)

// ParseLevel reads a level in any case.
func ParseLevel(text string) (Level, error) {
	l := Level(strings.ToUpper(text))
	switch l {
	case None, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive:
		return l, nil
	}
	return "", fmt.Errorf("%q is no compatibility level; use NONE, BACKWARD, FORWARD or FULL, the last three also with _TRANSITIVE", text)
}

// Check says why next may not follow history, which is in the order of registration, oldest first. The path of a finding
// is in the writer's schema; its message numbers the version that next was compared with by its place in history, from 1.
func (l Level) Check(next *Schema, history []*Schema) []Finding {
	base, transitive := strings.CutSuffix(string(l), "_TRANSITIVE")
	from := 0
	if !transitive {
		from = max(len(history)-1, 0)
	}
	var all []Finding
	for i := len(history) - 1; i >= from; i-- {
		if base == "BACKWARD" || base == "FULL" {
			all = appendFindings(all, CanRead(next, history[i]), fmt.Sprintf("backward, the new schema reading version %d", i+1))
		}
		if base == "FORWARD" || base == "FULL" {
			all = appendFindings(all, CanRead(history[i], next), fmt.Sprintf("forward, version %d reading the new schema", i+1))
		}
	}
	return all
}

func appendFindings(all, found []Finding, how string) []Finding {
	for _, f := range found {
		f.Message = how + ": " + f.Message
		all = append(all, f)
	}
	return all
}
