package avro

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// emptyRecords is a union of so many records.
func emptyRecords(name string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"type":"record","name":"%s%d","fields":[]}`, name, i)
	}
	return "[" + b.String()[1:] + "]"
}

// Each branch of such a writer is a flaw of its own, and naming the reader's branches in each came to gigabytes.
func TestUnionsThatHaveNothingInCommon(t *testing.T) {
	reader, writer := mustParse(t, emptyRecords("R", 9000)), mustParse(t, emptyRecords("W", 9000))
	bounded(t, 2*time.Second, 64<<20, func() { // in 100 ms, where nothing else runs
		found := CanRead(reader, writer)
		if len(found) != maxFindings {
			t.Errorf("%d findings", len(found))
		}
		want := "record W99 is no branch of the reader's union of record R0, record R1, "
		if got := found[len(found)-1].Message; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ", record R15, and 8984 more") {
			t.Errorf("the last one is %q", got)
		}
	})
	bounded(t, 2*time.Second, 64<<20, func() {
		_, err := Compile(writer, Options{Reader: reader})
		if err == nil || len(err.Error()) > 1000 {
			t.Errorf("the error is %.2000v", err)
		}
	})
}

// What is shown of a schema is bounded, be its names as long as they like.
func TestFindingsOfLongNames(t *testing.T) {
	name, fields := strings.Repeat("n", 300_000), ""
	for i := range 200 {
		fields += fmt.Sprintf(`,{"name":"f%d","type":"int"}`, i)
	}
	record := func(types string) string {
		inner := `{"type":"record","name":"R","fields":[` + strings.ReplaceAll(fields, "int", types)[1:] + `]}`
		return `{"type":"record","name":"` + name + `","fields":[{"name":"` + name + `","type":` + inner + `}]}`
	}
	reader, writer := mustParse(t, record("int")), mustParse(t, record("string"))
	bounded(t, 2*time.Second, 8<<20, func() {
		found := CanRead(reader, writer)
		if len(found) != maxFindings {
			t.Errorf("%d findings", len(found))
		}
		for _, f := range found {
			if len(f.String()) > 1000 || !strings.Contains(f.Path, "....f") {
				t.Fatalf("%.2000s", f)
			}
		}
	})
	bounded(t, 2*time.Second, 8<<20, func() {
		other := mustParse(t, strings.Replace(record("int"), `"name":"n`, `"name":"m`, 1))
		if found := CanRead(reader, other); len(found) != 1 || len(found[0].String()) > 1000 {
			t.Errorf("%d findings", len(found))
		}
	})
}
