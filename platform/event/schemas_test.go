package event_test

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// The schemas that binaries carry are those of the contracts.
func TestSchemasAreTheContracts(t *testing.T) {
	contracts := os.DirFS("../../contracts")
	files, err := fs.Glob(contracts, "platform/mesh/*.avsc")
	if err != nil || len(files) < len(event.ControlTopics()) {
		t.Fatalf("%d schemas of %d control topics (%v)", len(files), len(event.ControlTopics()), err)
	}
	for _, file := range files {
		want, err := fs.ReadFile(contracts, file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(event.Schemas(), file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs (%v); make generate copies it", file, err)
		}
	}
}
