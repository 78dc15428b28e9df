package contract

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

// TestExamine looks at files alone. A case is an archive of a contract without its first lines, perhaps of its schema, and
// as its last file the findings of 21 November 2026.
func TestExamine(t *testing.T) {
	goldentest.Archives(t, "testdata/alone/*.txtar", "findings", *update, func(t *testing.T, archive *txtar.Archive) []byte {
		var schema []byte
		if len(archive.Files) > 1 && archive.Files[1].Name != "findings" {
			schema = archive.Files[1].Data
		}
		text := archive.Files[0].Data
		if !bytes.Contains(text, []byte("kind:")) {
			text = append([]byte("{apiVersion: v3.1.0, kind: DataContract, id: a, version: 1.0.0, status: active,\n"), text...)
		}
		var got bytes.Buffer
		for _, f := range Examine(archive.Files[0].Name, text, "a.avsc", schema, time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)) {
			fmt.Fprintln(&got, f)
		}
		return got.Bytes()
	})
}

// TestTextLengths: an expression is found in no text that is shorter or longer than is said of it, and what is said of
// plain expressions is exact.
func TestTextLengths(t *testing.T) {
	for pattern, want := range map[string]string{
		"^[a-z]{5}$": "5 5", "[a-z]{5}": "5 -", "^a": "1 -", "a$": "1 -", "": "0 -", "^$": "0 0", "^(a|bcd)$": "1 3", "^a?b*$": "0 -", "^a?b?$": "0 2",
		"^(ab)+$": "2 -", "^(ab){2,3}$": "4 6", "^(a{3}){4}$": "12 12", `^\d{2}-\d{2}$`: "5 5", "^ab|cd$": "2 -", "^a|^b$": "1 -", "^a$|^bb$": "1 2", "(?m)^a$": "1 -",
		`^\bab\b$`: "2 2", "^日本$": "2 2", "^(?i)ss$": "2 2", "^.$": "1 1", `\Aa\z`: "1 1", "^(?:a|b)(?:|cc)$": "1 3", `^[^\x00-\x{10FFFF}]$`: "none", `^(a|[^\x00-\x{10FFFF}]b)$`: "1 1",
		"^(^a)$": "1 1", "^a{0}$": "0 0", "^(a{100}){9}$": "900 900", "^((a{0,30}){0,30})$": "0 900", "^a*?$": "0 -",
	} {
		tree, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(pattern, err)
		}
		least, most, some := textLengths(tree)
		got := fmt.Sprintf("%d %d", least, most)
		switch {
		case !some:
			got = "none"
		case most == endless:
			got = fmt.Sprintf("%d -", least)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
}

// FuzzTextLengths: no text in which an expression is found is shorter or longer than what is said of it.
func FuzzTextLengths(f *testing.F) {
	for _, pattern := range []string{"^[a-z]{2,5}$", "a|bc$", "^(?:a|^bc)+$", `(?i)^k{2}$`, `^\pL?\b$`, "(?m)^a$", "(?s)^.+$", "^(a|)$|b"} {
		for _, text := range []string{"", "a", "bc", "kK", "abcde", "日本", "a\nb", "abcabc"} {
			f.Add(pattern, text)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 2000 || !utf8.ValidString(text) {
			return
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil || !compiled.MatchString(text) {
			return
		}
		tree, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return
		}
		if least, most, some := textLengths(tree); !some || utf8.RuneCountInString(text) < least || utf8.RuneCountInString(text) > most {
			t.Errorf("%q is found in %q, and is said to be found in %d to %d characters (%t)", pattern, text, least, most, some)
		}
	})
}
