package quality

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Plan says where the walker's notes have what the rules count. It is immutable and safe for concurrent use.
type Plan struct {
	rules    []Rule
	bad      [][]int // by rule: indexes of the walker's rules
	captures [][]int // by rule: indexes of captures
}

// NewPlan adds what the rules need to the options of a program: rules to be counted and fields to be captured.
func NewPlan(rules []Rule, o *avro.Options) *Plan {
	p := &Plan{rules: slices.Clone(rules)}
	for _, r := range rules {
		var bad, captures []int
		for _, b := range r.Bad {
			b.Severity = avro.Count
			bad = append(bad, len(o.Rules))
			o.Rules = append(o.Rules, b)
		}
		for _, field := range r.Fields {
			captures = append(captures, CaptureOf(o, field))
		}
		p.bad, p.captures = append(p.bad, bad), append(p.captures, captures)
	}
	return p
}

// CaptureOf is the index of a field among the options' captures, where it is put if it is not there.
func CaptureOf(o *avro.Options, field []string) int {
	i := slices.IndexFunc(o.Captures, func(c avro.Capture) bool { return slices.Equal(c.Path, field) })
	if i >= 0 {
		return i
	}
	o.Captures = append(o.Captures, avro.Capture{Name: "field", Path: field})
	return len(o.Captures) - 1
}

// Rules are what is counted. They must not be changed.
func (p *Plan) Rules() []Rule { return p.rules }

// Sample is what a record is to one rule.
type Sample struct {
	bad   bool
	keyed bool // it has a key
	key   Key
}

// Sample appends what a record is to each of the rules, from the notes of the walk that accepted it.
func (p *Plan) Sample(to []Sample, n *avro.Notes, h *Hasher) []Sample {
	for i := range p.rules {
		var s Sample
		for _, rule := range p.bad[i] {
			s.bad = s.bad || n.Breaks(rule)
		}
		if len(p.captures[i]) > 0 {
			s.key, s.keyed = h.Key(n, p.captures[i])
		}
		to = append(to, s)
	}
	return to
}
