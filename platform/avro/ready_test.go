package avro

import (
	"slices"
	"sync"
	"testing"
)

// What is kept for the next writer's program never stands in for other rules.
func TestProgramsShareOnlyTheSameRules(t *testing.T) {
	s := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"f","type":"string"}]}`)
	rule := Rule{ID: "r", Path: []string{"f"}, Kind: Enum, Values: []string{"a"}}
	accepts := func(text string) (accepted, warned bool) {
		p := mustCompile(t, s, Options{Rules: []Rule{rule}, Captures: []Capture{{Name: "f", Path: []string{"f"}}}})
		n := p.NewNotes()
		ok := p.Walk(appendString(nil, text), n).OK()
		return ok, ok && len(n.Warnings()) > 0
	}
	expect := func(text string, accepted, warned bool) {
		t.Helper()
		if a, w := accepts(text); a != accepted || w != warned {
			t.Errorf("%v: %q is accepted %t, warned of %t", rule, text, a, w)
		}
	}
	expect("a", true, false)
	expect("b", false, false)
	rule.Values[0] = "b" // in the slice that was given before
	expect("b", true, false)
	expect("a", false, false)
	rule.Severity = Warning
	expect("a", true, true)
	rule.Kind = NoneOf
	expect("a", true, false)
	rule.Values = append(rule.Values, "a")
	expect("a", true, true)
}

func TestProgramsAreMadeAtOnce(t *testing.T) {
	reader := mustParse(t, referenceSchema(t))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			o := referenceOptions()
			o.Reader = reader
			o.Rules = slices.Delete(o.Rules, i%2, i%2+1)
			for range 20 {
				p, err := Compile(reader, o)
				if err != nil || len(p.Rules()) != len(o.Rules) || p.Rules()[0].ID != o.Rules[0].ID {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
}
