package diff

import (
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestNothingGoesUnsaid changes each line of the base, in several ways. Where what is read differs by it, something is said,
// there and back; and the verdict is the worst of what was said.
func TestNothingGoesUnsaid(t *testing.T) {
	base := baseTree(t)
	value := regexp.MustCompile(`^( *(?:- )?[A-Za-z]+: )(.+)$`)
	tried, read := 0, 0
	before := parse(t, base)
	for file, text := range base {
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "    version: ") {
				continue // a port's is its contract's, which has it
			}
			var others []string
			if m := value.FindStringSubmatch(line); m != nil {
				others = append(others, m[1]+"9", m[1]+"other", m[1]+"false")
			}
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			others = append(others, "", line+"\n"+indent+"description: said", line+"\n"+indent+"customProperties: [{property: said, value: 1}]")
			if strings.HasSuffix(file, ".avsc") {
				others = []string{"", strings.Replace(line, `"string"`, `"bytes"`, 1), strings.Replace(line, `"int"`, `"long"`, 1), strings.Replace(line, `["null", "string"]`, `["string", "null"]`, 1), strings.Replace(line, `"name": "`, `"name": "x`, 1), strings.Replace(line, `"default": null`, `"doc": "said"`, 1), strings.Replace(line, `"name"`, `"custom": 1, "name"`, 1)}
			}
			for _, other := range others {
				tried++
				changed := maps.Clone(base)
				mutated := append(append([]string{}, lines[:i]...), other)
				changed[file] = []byte(strings.Join(append(mutated, lines[i+1:]...), "\n"))
				after, findings := Parse(changed, "")
				if len(findings) > 0 {
					continue
				}
				read++
				differs := !alike(before, after)
				for _, r := range []Result{Compare(before, after, Options{Now: now}), Compare(after, before, Options{Now: now})} {
					verdict := Passed
					for _, p := range r.Pairs {
						for _, c := range p.Changes {
							verdict = worse(verdict, c.Verdict)
							if c.Verdict == "" || c.Old != (c.From != nil) || c.Rule == "" {
								t.Errorf("%s:%d: %q: %+v", file, i+1, other, c)
							}
						}
						if !p.Obeys {
							verdict = worse(verdict, Warned)
						}
						if p.Fell {
							verdict = Refused
						}
					}
					if differs && len(r.Pairs) == 0 || r.Verdict != verdict {
						t.Errorf("%s:%d: %q instead of %q: differs %v, said %v", file, i+1, other, line, differs, r.Pairs)
					}
				}
			}
		}
	}
	t.Logf("%d of %d changes could be read", read, tried)
	if read < tried/4 {
		t.Errorf("only %d of %d could be read", read, tried)
	}
}

// alike compares two sides by what their documents say, wherever they say it.
func alike(a, b *Side) bool {
	if len(a.Contracts) != len(b.Contracts) || len(a.DataProducts) != len(b.DataProducts) {
		return false
	}
	for i, c := range a.Contracts {
		o, n := c.Schema(), b.Contracts[i].Schema()
		if len(differing(*c, *b.Contracts[i], "Version")) > 0 || (o == nil) != (n == nil) || o != nil && !reflect.DeepEqual(o.String(), n.String()) {
			return false
		}
	}
	for i, p := range a.DataProducts {
		if len(differing(*p, *b.DataProducts[i], "Version")) > 0 {
			return false
		}
	}
	return true
}
