package dataproduct

import (
	"fmt"
	"strings"
)

// Mode is one of the four ways to run a data product.
type Mode string

const (
	// ModeSource is a service that publishes its own events, through Publisher.
	ModeSource Mode = "source"
	// ModeTransform reads input ports, calls pure functions and publishes what they emit.
	ModeTransform Mode = "transform"
	// ModeGuard copies what keeps the contract from an existing topic to a clean one.
	ModeGuard Mode = "guard"
	// ModeObserve checks an existing topic in place and copies nothing.
	ModeObserve Mode = "observe"
)

// Tier says how much of a record is touched on its way.
type Tier string

const (
	// TierChecked walks the bytes and writes nothing.
	TierChecked Tier = "checked"
	// TierForwarded walks the bytes and publishes the same ones; at most the schema id before them changes.
	TierForwarded Tier = "forwarded"
	// TierProjected walks the bytes, copies those of fields into another record, and walks that.
	TierProjected Tier = "projected"
	// TierSpliced walks the bytes, reads the fields that a handler asks for, copies those that it does not set into another
	// record, and walks that.
	TierSpliced Tier = "spliced"
	// TierDecoded decodes an event, calls a handler, and encodes and walks what that emits.
	TierDecoded Tier = "decoded"
)

// tier is how a data product of that mode works on what it reads, if its handlers do not say; empty for a source, which reads
// nothing.
func (m Mode) tier() Tier {
	switch m {
	case ModeObserve:
		return TierChecked
	case ModeGuard:
		return TierForwarded
	case ModeTransform:
		return TierDecoded
	}
	return ""
}

// Product is a data product as a value: where its contracts are, how it runs, and the code that its input
// ports have. It holds nothing that runs, so it can be printed, checked and drawn; Run gives it life. Build one with
// Source, Transform, Guard or Observe.
type Product struct {
	folder   string
	mode     Mode
	handlers []Handler
	outputs  []output
}

// Source is a data product whose service publishes on these output ports, each an Out of the event's type.
func Source(folder string, outputs ...Output) Product {
	p := Product{folder: folder, mode: ModeSource}
	for _, o := range outputs {
		p.outputs = append(p.outputs, o.output())
	}
	return p
}

// Transform is a data product that turns its input ports into its output ports. Every input port has one
// handler (On); the output ports that a handler emits on are named with it.
func Transform(folder string, handlers ...Handler) Product {
	p := Product{folder: folder, mode: ModeTransform, handlers: handlers}
	for _, h := range handlers {
		for _, o := range h.outputs {
			if !p.declares(o.port) {
				p.outputs = append(p.outputs, o)
			}
		}
	}
	return p
}

func (p Product) declares(port string) bool {
	for _, o := range p.outputs {
		if o.port == port {
			return true
		}
	}
	return false
}

// Guard is a data product that copies what keeps the contract. It needs no code.
func Guard(folder string) Product { return Product{folder: folder, mode: ModeGuard} }

// Observe is a data product that checks a topic in place. It needs no code.
func Observe(folder string) Product { return Product{folder: folder, mode: ModeObserve} }

// ID is <domain>.<product>.
func (p Product) ID() string { return strings.ReplaceAll(p.folder, "/", ".") }

// Domain is the bounded context that the data product belongs to.
func (p Product) Domain() string { domain, _, _ := strings.Cut(p.folder, "/"); return domain }

// Mode says how it runs.
func (p Product) Mode() Mode { return p.mode }

// Folder is where its ODPS file is, below the contracts' root: <domain>/<product>.
func (p Product) Folder() string { return p.folder }

// String draws the data product in one line: its id, its mode, and what goes in and comes out in code.
func (p Product) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", p.ID(), p.mode)
	for _, h := range p.handlers {
		outs := make([]string, len(h.outputs))
		for i, o := range h.outputs {
			outs[i] = o.String()
		}
		fmt.Fprintf(&b, " %s:%s -> %s", h.port, h.event, strings.Join(outs, ", "))
	}
	if p.mode == ModeSource {
		for _, o := range p.outputs {
			fmt.Fprintf(&b, " -> %s", o)
		}
	}
	return b.String()
}
