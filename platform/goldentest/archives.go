package goldentest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Archives runs a subtest for each archive in the txtar format that pattern matches, as filepath.Glob has it; it ends the test if
// there is none. What run makes of an archive is held against its last file by EqualLast.
func Archives(t *testing.T, pattern, name string, update bool, run func(t *testing.T, archive *txtar.Archive) []byte) {
	t.Helper()
	cases, err := filepath.Glob(pattern)
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases in %s: %v", pattern, err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			EqualLast(t, file, archive, name, run(t, archive), update)
		})
	}
}

// EqualLast fails the test if the last file of an archive, which was read from file, is not name with got in it, byte for byte. With
// update, it writes the archive so, and adds the last file where it is missing.
func EqualLast(t testing.TB, file string, archive *txtar.Archive, name string, got []byte, update bool) {
	t.Helper()
	last := len(archive.Files) - 1
	if last < 0 || archive.Files[last].Name != name {
		archive.Files = append(archive.Files, txtar.File{Name: name})
		last++
	}
	if update {
		archive.Files[last].Data = got
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := archive.Files[last].Data; !bytes.Equal(got, want) {
		t.Errorf("%s; run with -update and look at the difference\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
