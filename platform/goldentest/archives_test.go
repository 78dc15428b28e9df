package goldentest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

func TestArchives(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "shout.txtar")
	if err := os.WriteFile(file, []byte("about it\n-- in --\nhello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := 0
	shout := func(_ *testing.T, archive *txtar.Archive) []byte {
		ran++
		return bytes.ToUpper(archive.Files[0].Data)
	}
	for _, update := range []bool{true, true, false} {
		goldentest.Archives(t, filepath.Join(dir, "*.txtar"), "out", update, shout)
	}
	text, err := os.ReadFile(file)
	if want := "about it\n-- in --\nhello\n-- out --\nHELLO\n"; err != nil || string(text) != want || ran != 3 {
		t.Errorf("%v, ran %d times, wrote %q", err, ran, text)
	}
	for name, said := range map[string]bool{"out": false, "other": true} {
		r := &recorder{TB: t}
		goldentest.EqualLast(r, file, txtar.Parse(text), name, []byte("HELLO\n"), false)
		if strings.Contains(r.said, file) != said {
			t.Errorf("last file %s: %q", name, r.said)
		}
	}
}
