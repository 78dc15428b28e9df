package avro

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Records in each other whose fields change places are read once, not once for each level that they are in.
func TestRewriteOfDeepRecords(t *testing.T) {
	fields := []string{`{"name":"kids","type":{"type":"array","items":"T"}}`, `{"name":"v","type":"int"}`}
	tree := func(fields ...string) *Schema {
		return mustParse(t, `{"type":"record","name":"T","fields":[`+strings.Join(fields, ",")+`]}`)
	}
	p := mustCompile(t, tree(fields...), Options{Reader: tree(fields[1], fields[0])})
	n := p.NewNotes()
	quickest := func(depth int) time.Duration {
		const leaves = 100_000
		payload := []byte(strings.Repeat(long(1), depth) + long(leaves) + strings.Repeat(long(0)+long(7), leaves) + strings.Repeat(long(0)+long(7), depth+1))
		want := []byte(strings.Repeat(long(7)+long(1), depth) + long(7) + long(leaves) + strings.Repeat(long(7)+long(0), leaves) + strings.Repeat(long(0), depth+1))
		if v := p.Walk(payload, n); !v.OK() {
			t.Fatal(p.Rejection(v))
		}
		least := time.Hour
		for range 10 {
			start := time.Now()
			out, _ := rewritten(t, p, n, payload)
			least = min(least, time.Since(start))
			if !bytes.Equal(out, want) {
				t.Fatalf("at depth %d: %d bytes, want %d", depth, len(out), len(want))
			}
		}
		return least
	}
	if one, deep := quickest(1), quickest(30); deep > 4*one {
		t.Errorf("30 levels take %v, one takes %v", deep, one)
	}
}
