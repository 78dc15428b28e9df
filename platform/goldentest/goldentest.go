// Package goldentest compares what a test got with a golden file, which holds what it got when a person last looked.
//
// A test package declares its own flag, so that `go test ./the/package -update` rewrites that package's files only:
//
//	var update = flag.Bool("update", false, "rewrite the golden files")
//
//	goldentest.Equal(t, "testdata/report.txt", got, *update)
//
// Where a case is an archive of its input and of what comes of it, Archives runs them all.
package goldentest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Equal fails the test if file does not hold got, byte for byte; it shows the first line that differs, and all of got.
// A file that cannot be read ends the test. With update, it writes the file instead, and the folder that it is in. The
// path is relative to the test's working directory, which is its package's folder unless the test changed it.
func Equal(t testing.TB, file string, got []byte, update bool) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update to write it", err)
	}
	if !bytes.Equal(want, got) {
		line, was, is := firstDifference(want, got)
		t.Errorf("%s:%d differs; run with -update and look at the difference\nwas: %s\nis:  %s\ngot:\n%s", file, line, was, is, got)
	}
}

// firstDifference is the first line, counted from 1, that two texts do not share.
func firstDifference(a, b []byte) (line int, inA, inB string) {
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := 0; ; i++ {
		inA, inB = "(end)", "(end)"
		if i < len(as) {
			inA = string(as[i])
		}
		if i < len(bs) {
			inB = string(bs[i])
		}
		if inA != inB || i >= len(as) {
			return i + 1, inA, inB
		}
	}
}
