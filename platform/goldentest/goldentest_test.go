package goldentest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

// recorder is a test that may fail without failing the one that runs it.
type recorder struct {
	testing.TB
	said  string
	ended bool
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) }

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.ended = true
	runtime.Goexit()
}

// equal runs Equal as a test of its own.
func equal(t *testing.T, file, got string, update bool) *recorder {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		goldentest.Equal(r, file, []byte(got), update)
	}()
	<-done
	return r
}

func TestEqual(t *testing.T) {
	file := filepath.Join(t.TempDir(), "testdata", "pages", "a.txt")
	if r := equal(t, file, "one\ntwo\n", false); !r.ended || !strings.Contains(r.said, file) || !strings.Contains(r.said, "-update") {
		t.Errorf("no file: ended %t, said %q", r.ended, r.said)
	}
	if r := equal(t, file, "one\ntwo\n", true); r.said != "" {
		t.Errorf("update: %s", r.said)
	}
	if r := equal(t, file, "one\ntwo\n", false); r.said != "" {
		t.Errorf("the same: %s", r.said)
	}
	for got, want := range map[string]string{
		"one\n2\n":       ":2 differs; run with -update and look at the difference\nwas: two\nis:  2\ngot:\none\n2\n",
		"one\ntwo":       ":3 differs; run with -update and look at the difference\nwas: \nis:  (end)\ngot:\none\ntwo",
		"one\ntwo\n\n":   ":4 differs; run with -update and look at the difference\nwas: (end)\nis:  \ngot:\none\ntwo\n\n",
		"one\r\ntwo\r\n": ":1 differs; run with -update and look at the difference\nwas: one\nis:  one\r\ngot:\none\r\ntwo\r\n",
		"":               ":1 differs; run with -update and look at the difference\nwas: one\nis:  \ngot:\n",
	} {
		if r := equal(t, file, got, false); r.ended || r.said != file+want {
			t.Errorf("%q: ended %t, said %q", got, r.ended, r.said)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "one\ntwo\n" {
		t.Errorf("a comparison wrote the file: %q %v", text, err)
	}
}

func TestFolderCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	if r := equal(t, file, "", true); r.said != "" {
		t.Fatal(r.said)
	}
	if r := equal(t, filepath.Join(file, "b"), "", true); !r.ended {
		t.Errorf("said %q", r.said)
	}
}
