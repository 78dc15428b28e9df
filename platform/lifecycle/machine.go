package lifecycle

import (
	"sync"
	"time"
)

// Transition is one change of state that happened, or, in Listener.Refused, one that did not.
type Transition struct {
	// Subject is what changed, as in event.Lifecycle.
	Subject string
	From    State
	To      State
	// Cause is one sentence without field values; it may be empty.
	Cause string
	// At is when the state was entered, by the machine's clock.
	At time.Time
}

// Machine holds the state of one subject. The zero value is ready, in state Unknown, with nobody listening.
// Its methods are safe for concurrent use; its fields are set before the first call of To.
type Machine struct {
	// Subject names what the machine is about, in transitions and errors.
	Subject string
	// Listener hears of changes, one at a time and in their order.
	Listener Listener
	// Clock gives the time of a change; default time.Now.
	Clock func() time.Time

	mu    sync.Mutex
	state State
}

// State is the state that the subject is in now.
func (m *Machine) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current()
}

func (m *Machine) current() State {
	if m.state == "" {
		return Unknown
	}
	return m.state
}

// To enters a state. Being in it already is no change: nothing is reported and the error is nil. A transition
// that is not legal, or whose state only the platform may set, changes nothing and is an *IllegalError.
func (m *Machine) To(state State, cause string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := m.current()
	if from == state {
		return nil
	}
	t := Transition{Subject: m.Subject, From: from, To: state, Cause: cause, At: m.now()}
	if ByPlatform(state) || !Legal(from, state) {
		if m.Listener.Refused != nil {
			m.Listener.Refused(t)
		}
		return &IllegalError{Subject: m.Subject, From: from, To: state}
	}
	m.state = state
	// Under the lock, so that listeners see changes in the order in which they happened.
	if m.Listener.Changed != nil {
		m.Listener.Changed(t)
	}
	return nil
}

func (m *Machine) now() time.Time {
	if m.Clock == nil {
		return time.Now()
	}
	return m.Clock()
}
