package avro

import (
	"math/rand/v2"
	"regexp"
	"testing"
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
		c, err := newPattern(Rule{Kind: Pattern, Text: expression}, &Schema{typ: TypeString})
		if err != nil {
			t.Fatal(err)
		}
		re := regexp.MustCompile(expression)
		for range 3000 {
			text := ""
			for range rng.IntN(9) {
				text += alphabet[rng.IntN(len(alphabet))]
			}
			if got, want := c.holds(&value{bytes: []byte(text)}), re.MatchString(text); got != want {
				t.Fatalf("%q in %q: %t, the library says %t", expression, text, got, want)
			}
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, expression := range expressions {
		f.Add(expression, "CA-2017-152156")
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		re, err := regexp.Compile(expression)
		if err != nil || len(expression) > 200 {
			return
		}
		c, err := newPattern(Rule{Kind: Pattern, Text: expression}, &Schema{typ: TypeString})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.holds(&value{bytes: []byte(text)}), re.MatchString(text); got != want {
			t.Fatalf("%q in %q: %t, the library says %t", expression, text, got, want)
		}
	})
}
