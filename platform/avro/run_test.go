package avro

import (
	"fmt"
	"slices"
	"testing"
)

// walkByStep is Walk without the shortcuts of run.
func walkByStep(p *Program, payload []byte, n *Notes) Verdict {
	n.reset(p, payload)
	for {
		o := &p.ops[n.pc]
		n.pc++
		switch {
		case o.code == opEnd && n.at == len(payload):
			return Verdict{Rule: -1}
		case !n.step(o):
			return n.verdict
		}
	}
}

// seen is what a walk says of an accepted record.
func seen(n *Notes) string {
	said := fmt.Sprint(n.warned, n.counted)
	for i := range n.captured {
		text, isText := n.Bytes(i)
		long, isLong := n.Long(i)
		said += fmt.Sprint(" ", text, isText, long, isLong)
	}
	return said
}

// What run does by itself is what step does: the shortcuts change no verdict and no note.
func TestShortcutsChangeNothing(t *testing.T) {
	accepted, rejected := 0, 0
	same := func(p *Program, payload []byte) {
		fast, slow := p.NewNotes(), p.NewNotes()
		a, b := p.Walk(payload, fast), walkByStep(p, payload, slow)
		a.op, b.op = 0, 0 // a check may be looked at by an earlier op of the same value
		switch {
		case a != b || a.OK() && seen(fast) != seen(slow):
			t.Fatalf("%s\n% x\n%+v %s, by step %+v %s", p.writer, payload, a, seen(fast), b, seen(slow))
		case a.OK():
			accepted++
		default:
			rejected++
		}
	}
	for seed := range uint64(300) {
		g := newGenerator(seed)
		s := mustParse(t, g.record(4))
		p := mustCompile(t, s, g.options(s))
		for range 5 {
			valid := g.value(nil, s, 6)
			same(p, valid)
			for range 10 {
				same(p, g.mutate(valid))
			}
		}
	}
	g := newGenerator(1)
	p, valid := reference(t, referenceOptions())
	q, alsoValid := mustCompile(t, mustParse(t, orderSchema), orderOptions()), orderPayload(t, mustParse(t, orderSchema))
	for range 3000 {
		same(p, g.mutate(valid))
		same(q, g.mutate(alsoValid))
	}
	if accepted < 1000 || rejected < 1000 {
		t.Errorf("%d accepted and %d rejected payloads: too few of one kind to say much", accepted, rejected)
	}
}

// arguments are texts that rules of each kind may have.
var arguments = []struct {
	kind  RuleKind
	texts []string
}{
	{Required, []string{""}}, {UniqueItems, []string{""}}, {Enum, []string{""}}, {NoneOf, []string{""}},
	{Pattern, []string{`^[a-z]{2}$`, `^[A-Za-z0-9]+$`, `a`, `^.{3}$`}}, {Format, []string{"date", "hostname", "uuid", "email"}},
	{Minimum, []string{"0", "-5", "3.5"}}, {Maximum, []string{"0", "100", "1e30"}}, {ExclusiveMinimum, []string{"0"}}, {ExclusiveMaximum, []string{"10"}},
	{MultipleOf, []string{"2", "0.5", "0.01"}}, {MinLength, []string{"0", "1", "9"}}, {MaxLength, []string{"0", "3", "20"}},
	{MinItems, []string{"0", "2"}}, {MaxItems, []string{"0", "3"}},
}

// options are rules and captures on any of a schema's values.
func (g *generator) options(s *Schema) (o Options) {
	lists := [][]string{{"a", "b", ""}, {"0", "1", "2"}, {"A", "B"}, {"true"}, {"xxxxxxxx", "abab", "abababababababababab"}}
	paths := pathsOf(s, nil, nil)
	for range 12 {
		path := paths[g.IntN(len(paths))]
		for _, argument := range arguments {
			r := Rule{ID: "r", Path: path, Kind: argument.kind, Text: argument.texts[g.IntN(len(argument.texts))], Severity: Severity(g.IntN(3))}
			if r.Kind == Enum || r.Kind == NoneOf {
				r.Values = lists[g.IntN(len(lists))]
			}
			if g.IntN(4) == 0 && readies(s, r) {
				o.Rules = append(o.Rules, r)
			}
		}
		if c := (Capture{"c", path}); checkCapture(s, c) == nil {
			o.Captures = append(o.Captures, c)
		}
	}
	return o
}

func readies(s *Schema, r Rule) bool {
	_, err := s.ready(Options{Rules: []Rule{r}})
	return err == nil
}

// pathsOf are the paths of a schema's values, not through a record within itself.
func pathsOf(s *Schema, at []string, within []*Schema) (all [][]string) {
	if slices.Contains(within, s) {
		return nil
	}
	within = append(slices.Clip(within), s)
	below := func(t *Schema, step ...string) {
		all = append(all, pathsOf(t, append(slices.Clip(at), step...), within)...)
	}
	switch s.typ {
	case TypeRecord:
		for i := range s.fields {
			below(s.fields[i].typ, s.fields[i].name)
		}
	case TypeArray:
		below(s.elem, "[]")
	case TypeMap:
		below(s.elem, "{}")
	case TypeUnion:
		for _, b := range s.branches {
			below(b)
		}
		return all
	}
	return append(all, at)
}
