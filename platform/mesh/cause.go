package mesh

import (
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

// deepest bounds walks up the lineage, which may have cycles.
const deepest = 64

// cause says in one sentence why a port is late by a promise: nobody runs it, something upstream is late, nobody
// publishes what it reads, or it is behind itself. The nearest cause that explains it all is named: upstream the
// port where the lateness begins.
func (k *look) cause(p *port, promise time.Duration) string {
	root, why := k.root(p, promise, 0)
	if root != p {
		return fmt.Sprintf("upstream port %s: %s", root.id, why)
	}
	return why
}

func (k *look) root(p *port, promise time.Duration, depth int) (*port, string) {
	c := k.crew(p.product)
	if why := unmanned(p, c); why != "" {
		return p, why
	}
	missing := ""
	for _, up := range p.upstream {
		from := k.catalog.ports[up]
		switch {
		case from == nil:
			missing = up
		case depth < deepest && k.late(from, promise):
			return k.root(from, promise, depth+1)
		}
	}
	inputs := k.inputs(p)
	lag := waiting(inputs)
	switch reached, ok := freshness.Reached(claimed(inputs, nil)); {
	case c.state == lifecycle.Degraded:
		return p, because(fmt.Sprintf("%s is degraded", p.product.id), c.cause)
	case lag > 0:
		return p, behindBy(p, lag)
	case missing != "":
		return p, fmt.Sprintf("no data product publishes %s", missing)
	case !ok:
		return p, fmt.Sprintf("%s has accepted nothing yet", p.product.id)
	case p.mode == modeSource:
		return p, fmt.Sprintf("%s published nothing newer than %s", p.product.id, stamp(reached))
	default:
		return p, fmt.Sprintf("nothing newer than %s came in", stamp(reached))
	}
}

// unmanned says why nobody runs the port; empty where somebody does.
func unmanned(p *port, c crew) string {
	switch c.state {
	case lifecycle.Lost, lifecycle.Stopped:
		return because(fmt.Sprintf("instance %s is %s", c.instance, c.state), c.cause)
	case lifecycle.Failed, lifecycle.Tripped:
		return because(fmt.Sprintf("%s is %s", p.product.id, c.state), c.cause)
	case lifecycle.Declared, lifecycle.Unknown:
		return fmt.Sprintf("no instance runs %s", p.product.id)
	}
	return ""
}

// slowness says what the port itself has to do with its records being late; empty where nothing is known.
func (k *look) slowness(p *port) string {
	c := k.crew(p.product)
	if why := unmanned(p, c); why != "" {
		return why
	}
	lag := waiting(k.inputs(p))
	switch {
	case c.state == lifecycle.Degraded:
		return because(fmt.Sprintf("%s is degraded", p.product.id), c.cause)
	case lag > 0:
		return behindBy(p, lag)
	}
	return ""
}

func waiting(inputs []*input) (lag int64) {
	for _, i := range inputs {
		lag += i.lag()
	}
	return lag
}

func behindBy(p *port, lag int64) string {
	return fmt.Sprintf("%s is behind: %d input records have no outcome yet", p.product.id, lag)
}

func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
