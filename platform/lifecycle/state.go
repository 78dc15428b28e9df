package lifecycle

import "slices"

// State is a word of contracts/platform/mesh/lifecycle.v1.avsc.
type State string

const (
	// Unknown: nothing was said yet, or a newer binary said a word that this one does not know.
	Unknown State = "unknown"
	// Declared: a descriptor exists, nothing runs it.
	Declared State = "declared"
	// Provisioning: topics and subjects are being made sure of.
	Provisioning State = "provisioning"
	// Starting: clients connect, state is restored, partitions are awaited.
	Starting State = "starting"
	// Running: records are processed.
	Running State = "running"
	// Degraded: the surroundings are at fault for a part of it (a partition is paused, the registry is away);
	// the rest goes on, and nothing is lost.
	Degraded State = "degraded"
	// Tripped: the circuit breaker opened; a person or a policy resumes.
	Tripped State = "tripped"
	// Draining: no new records are taken, those in hand are finished.
	Draining State = "draining"
	// Stopped: ended on purpose.
	Stopped State = "stopped"
	// Failed: ended, or paused for good, by a fault of ours.
	Failed State = "failed"
	// Lost: three heartbeats were missed without a stopped. Set by the platform only.
	Lost State = "lost"
	// Deprecated is for what is still served, no longer to be taken up. Set by the platform only.
	Deprecated State = "deprecated"
	// Retired: gone for good. Set by the platform only.
	Retired State = "retired"
)

// States lists every state in the order of the Avro enum. The slice is the caller's.
func States() []State {
	return []State{
		Unknown, Declared, Provisioning, Starting, Running, Degraded, Tripped, Draining, Stopped, Failed,
		Lost, Deprecated, Retired,
	}
}

// Parse gives the state of that name, and Unknown for a word that this binary does not know.
func Parse(name string) State {
	if s := State(name); slices.Contains(States(), s) {
		return s
	}
	return Unknown
}

// Alive says whether a process stands behind the state, so that heartbeats are due.
func (s State) Alive() bool {
	switch s {
	case Provisioning, Starting, Running, Degraded, Tripped, Draining:
		return true
	}
	return false
}

// severity orders states by how badly a consumer is served; see Worst.
func (s State) severity() int {
	return slices.Index([]State{
		Unknown, Retired, Declared, Deprecated, Running, Draining, Starting, Provisioning, Stopped, Degraded,
		Lost, Tripped, Failed,
	}, s)
}

// Worst is the state that needs attention most: failed before tripped, lost, degraded, stopped, the states on
// the way up or down, and running. It is Unknown for none.
func Worst(states ...State) State {
	worst := Unknown
	for _, s := range states {
		if s.severity() > worst.severity() {
			worst = s
		}
	}
	return worst
}
