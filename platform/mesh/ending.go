package mesh

import (
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// byContract begins the cause of what the platform says of a port because its contract does. Only that is taken back
// when the contract changes its mind; what a person said stays.
const byContract = "its contract "

// ending is what a contract says at now about its port's end: deprecated, retired or neither (Unknown), since when, and
// why. Support that ended deprecates a port, and the end of life retires it, whatever the status says.
func (c *contractDocument) ending(published, now time.Time) (state lifecycle.State, since time.Time, why string) {
	passed := func(end time.Time) bool { return !end.IsZero() && !now.Before(end) }
	switch {
	case strings.EqualFold(c.status, string(lifecycle.Retired)):
		return lifecycle.Retired, published, byContract + "is retired"
	case passed(c.endOfLife):
		return lifecycle.Retired, c.endOfLife, byContract + "ended its life on " + c.endOfLife.Format(time.DateOnly)
	case strings.EqualFold(c.status, string(lifecycle.Deprecated)):
		return lifecycle.Deprecated, published, byContract + "is deprecated"
	case passed(c.endOfSupport):
		return lifecycle.Deprecated, c.endOfSupport, byContract + "ended its support on " + c.endOfSupport.Format(time.DateOnly)
	}
	return lifecycle.Unknown, time.Time{}, ""
}

// ending says that a port is deprecated or retired from now on, or is so no longer; nil if there is nothing to say. Its
// time comes from the contract, so that two platforms say the same.
func (j *judge) ending(k *look, p *port) *event.Lifecycle {
	if p.contract == nil || p.contract.contract == nil {
		return nil
	}
	var said event.Lifecycle
	if sub := k.subjects[event.SubjectPort(p.id)]; sub != nil && sub.platform != nil {
		said = *sub.platform
	}
	before := lifecycle.Parse(said.State)
	state, since, why := p.contract.contract.ending(p.contract.PublishedAt, k.now)
	switch {
	case state == before || before == lifecycle.Retired:
		return nil
	case state == lifecycle.Unknown && (before != lifecycle.Deprecated || !strings.HasPrefix(said.Cause, byContract)):
		return nil
	case state == lifecycle.Unknown:
		state, since, why = lifecycle.Declared, p.contract.PublishedAt, byContract+"is deprecated no longer"
	}
	return &event.Lifecycle{Subject: event.SubjectPort(p.id), State: string(state), Previous: string(before), At: since, Cause: why}
}
