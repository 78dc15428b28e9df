package avro

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"unicode/utf8"
)

// expressions that people write, and that machines are bad at.
var expressions = []string{
	`^[A-Z]{2}-\d{4}-\d+$`, `[A-Z]`, `^a`, `a$`, `^$`, `$`, `^`, ``, `a|b`, `^(a|b)*c$`, `(?i)abc`, `^[^@]+@[^@]+\.[a-z]{2,}$`, `a.b`, `(?s)a.b`,
	`\bword\b`, `(?m)^line$`, `\Aab\z`, `x*`, `^x*$`, `[[:alpha:]]+\d`, `é`, `[^a]`, `^[^a]$`, `(a|aa)(a|aa)(a|aa)`, `a{3,5}b{2}`, `(a*)*b`, `^(?:$|a)`, `a^b`, `a$b`,
	`\d{1,40}x`, `(ab|ba){2,9}$`, `^[a-z0-9]+(-[a-z0-9]+)*$`, `^\+?[1-9]\d{1,14}$`, `.*a.{7}$`, `[\x00-\x7f]$`, `\x{10FFFF}?a`,
}

func TestPatternsAgreeWithTheLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "b", "c", "A", "B", "x", "0", "1", "9", "-", "@", ".", "\n", " ", "é", "\x00", "word", "line", "CA-2017-152156", "+49151"}
	for _, expression := range expressions {
		found := patternWalk(t, expression)
		re := regexp.MustCompile(expression)
		for range 3000 {
			text := ""
			for range rng.IntN(9) {
				text += alphabet[rng.IntN(len(alphabet))]
			}
			if got, want := found(text), re.MatchString(text); got != want {
				t.Fatalf("%q in %q: %t, the library says %t", expression, text, got, want)
			}
		}
	}
}

// Texts of a fixed shape, with one byte changed.
func TestShapesAgreeWithTheLibrary(t *testing.T) {
	for expression, text := range map[string]string{
		`^[A-Z]{2}-\d{4}-\d{6}$`: "CA-2017-152156", `^[0-9]{5}$`: "42420", `^A$`: "A", `^[a-c][^\x00-/:-\x7f]{7}$`: "b0123459", `^.{9}$`: "Henderson",
		`^[\x00-\x7f]{8}$`: "a\x00\x7fbcdef", `^[[:alpha:]][0-9]$`: "x1", `^\d{16}$`: "0123456789012345", `^\d{17}$`: "01234567890123456", `^(EUR|EUS)$`: "EUR",
	} {
		found := patternWalk(t, expression)
		re := regexp.MustCompile(expression)
		for i := range text {
			for c := range 256 {
				b := []byte(text)
				b[i] = byte(c)
				for _, changed := range []string{string(b), string(b) + "0", string(b[1:])} {
					if got, want := found(changed), re.MatchString(changed); utf8.ValidString(changed) && got != want {
						t.Fatalf("%q in %q: %t, the library says %t", expression, changed, got, want)
					}
				}
			}
		}
	}
}

// patternWalk tells of texts whether a walk finds the expression in them.
func patternWalk(t testing.TB, expression string) func(text string) bool {
	p := mustCompile(t, mustParse(t, `"string"`), Options{Rules: []Rule{{ID: "r", Kind: Pattern, Text: expression}}})
	n := p.NewNotes()
	return func(text string) bool { return p.Walk(appendString(nil, text), n).OK() }
}

func FuzzPattern(f *testing.F) {
	for _, expression := range expressions {
		f.Add(expression, "CA-2017-152156")
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		re, err := regexp.Compile(expression)
		if err != nil || len(expression) > 200 || !utf8.ValidString(text) {
			return
		}
		if got, want := patternWalk(t, expression)(text), re.MatchString(text); got != want {
			t.Fatalf("%q in %q: %t, the library says %t", expression, text, got, want)
		}
	})
}
