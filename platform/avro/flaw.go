package avro

import (
	"fmt"
	"strings"
)

// flaw is why a pair of types cannot be read, not yet put into words: two unions have as many flaws as branches, of which few
// are ever shown. An argument that is a *Schema is shown by its label.
type flaw struct {
	rule, format string
	args         []any
}

func (f *flaw) finding(at *path) Finding {
	args := make([]any, len(f.args))
	for i, arg := range f.args {
		switch arg := arg.(type) {
		case *Schema:
			args[i] = arg.label()
		case string:
			args[i] = clip(arg, maxShownName)
		default:
			args[i] = arg
		}
	}
	found := Finding{Rule: f.rule, Path: strings.TrimPrefix(string(at.appendShown(nil)), "."), Message: fmt.Sprintf(f.format, args...)}
	if found.Path == "" {
		found.Path = "$"
	}
	return found
}

// appendShown spells a path out as String does, as far as a message shows it.
func (p *path) appendShown(dst []byte) []byte {
	if p.up != nil {
		dst = p.up.appendShown(dst)
	}
	if len(dst) > maxShownPath {
		return dst
	}
	step := *p
	step.up, step.step = nil, clip(p.step, maxShownName)
	if dst = step.appendTo(dst); len(dst) > maxShownPath {
		dst = append(dst, "..."...)
	}
	return dst
}

// Bounds of what messages show of a schema, which may be a megabyte of names: so much is more than people read.
const (
	maxShownBranches = 16
	maxShownName     = 256
	maxShownPath     = 2048
)

// clip shortens a name or path that is too long for a message. Names are ASCII.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
