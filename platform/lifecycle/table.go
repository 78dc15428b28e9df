package lifecycle

import (
	"fmt"
	"slices"
)

// next returns the states that may follow from. A state never follows itself: that is no change.
func next(from State) []State {
	switch from {
	case Unknown, "":
		// The first word about a subject: an instance is not declared, it just starts; the platform may find
		// one lost of which compaction left nothing else.
		return []State{Declared, Provisioning, Starting, Stopped, Failed, Lost, Deprecated, Retired}
	case Declared:
		return []State{Provisioning, Starting, Stopped, Failed, Deprecated, Retired}
	case Provisioning:
		return []State{Starting, Draining, Stopped, Failed, Lost}
	case Starting:
		// Tripped and degraded at once: a breaker stays open over a restart, a registry may be away.
		return []State{Running, Degraded, Tripped, Draining, Stopped, Failed, Lost}
	case Running:
		return []State{Degraded, Tripped, Draining, Failed, Lost, Deprecated}
	case Degraded:
		return []State{Running, Tripped, Draining, Failed, Lost, Deprecated}
	case Tripped:
		// Degraded: resumed while the surroundings are away.
		return []State{Running, Degraded, Draining, Failed, Lost, Deprecated}
	case Draining:
		return []State{Stopped, Failed, Lost}
	case Stopped:
		return []State{Declared, Provisioning, Starting, Deprecated, Retired}
	case Failed:
		// Stopped: the process ends in an orderly way after all. Lost: it did not even do that.
		return []State{Declared, Provisioning, Starting, Stopped, Lost, Deprecated, Retired}
	case Lost:
		// It came back as what it was, or says goodbye after all, or a newer incarnation starts.
		return []State{Declared, Provisioning, Starting, Running, Degraded, Tripped, Draining, Stopped, Failed, Retired}
	case Deprecated:
		// A deprecated port runs on, and the deprecation can be taken back.
		return []State{Declared, Provisioning, Starting, Running, Degraded, Tripped, Draining, Stopped, Failed, Lost, Retired}
	}
	return nil // retired is the end
}

// Legal says whether to may follow from, whoever says so. A state does not follow itself.
func Legal(from, to State) bool { return slices.Contains(next(from), to) }

// ByPlatform says whether only the platform may set the state.
func ByPlatform(to State) bool { return to == Lost || to == Deprecated || to == Retired }

// IllegalError is a transition that the table does not have. It is a bug in what runs the subject.
type IllegalError struct {
	Subject  string
	From, To State
}

func (e *IllegalError) Error() string {
	if ByPlatform(e.To) {
		return fmt.Sprintf("lifecycle of %s: %s is for the platform to say, not for what runs it (state %s)", e.Subject, e.To, e.From)
	}
	return fmt.Sprintf("lifecycle of %s: %s cannot follow %s; it can be followed by %v", e.Subject, e.To, e.From, next(e.From))
}
