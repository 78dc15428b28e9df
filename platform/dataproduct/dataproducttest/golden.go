package dataproducttest

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

//nolint:gochecknoglobals // a test flag has to be registered before the flags are parsed
var update = flag.Bool("update", false, "write golden files anew")

// input is one event of a <case>.in.json file, which holds an array of them.
type input struct {
	Port  string          `json:"port"`
	Value json.RawMessage `json:"value"`
}

// verdict is one event's outcome in a <case>.golden.json file.
type verdict struct {
	Outcome string   `json:"outcome"` // emitted, rejected or filtered
	Reason  string   `json:"reason,omitempty"`
	Rule    string   `json:"rule,omitempty"`
	Message string   `json:"message,omitempty"`
	Filter  string   `json:"filter,omitempty"`
	Records []record `json:"records,omitempty"`
}

type record struct {
	Port  string `json:"port"`
	Key   string `json:"key,omitempty"`
	Value any    `json:"value"`
}

// Golden feeds every dir/<product>/<case>.in.json to the transform and compares what becomes of each event with
// <case>.golden.json beside it. Run the test with -update to write the golden files, and read what changed.
func Golden(t *testing.T, contracts fs.FS, p dataproduct.Product, dir string) {
	t.Helper()
	_, name, _ := strings.Cut(p.Folder(), "/")
	files, err := filepath.Glob(filepath.Join(dir, name, "*.in.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases for %s: expected %s/%s/<case>.in.json (%v)", p.ID(), dir, name, err)
	}
	trial, err := dataproduct.NewTrial(contracts, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".in.json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var events []input
			if err := json.Unmarshal(text, &events); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var verdicts []verdict
			for i, e := range events {
				outcome, err := trial.JSON(e.Port, e.Value)
				if err != nil {
					t.Fatalf("%s: event %d: %v", file, i, err)
				}
				verdicts = append(verdicts, judge(outcome))
			}
			compare(t, strings.TrimSuffix(file, ".in.json")+".golden.json", verdicts)
		})
	}
}

func judge(o dataproduct.Outcome) verdict {
	switch {
	case o.Rejection != nil:
		return rejected(o.Rejection)
	case o.Filter != "":
		return verdict{Outcome: "filtered", Filter: o.Filter}
	}
	v := verdict{Outcome: "emitted"}
	for _, r := range o.Records {
		v.Records = append(v.Records, record{Port: r.Port, Key: r.Key, Value: r.Value})
	}
	return v
}

func rejected(r *fault.Rejection) verdict {
	return verdict{Outcome: "rejected", Reason: string(r.Reason), Rule: r.Rule, Message: r.Message}
}

func compare(t *testing.T, golden string, got any) {
	t.Helper()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	goldentest.Equal(t, golden, buf.Bytes(), *update)
}
