package avro

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// startSchemas are texts that differ in one field, as a registry's many schemas of one contract do.
func startSchemas(b *testing.B) [][]byte {
	b.Helper()
	var texts [][]byte
	for i := range 64 {
		texts = append(texts, []byte(strings.Replace(compacted(referenceSchema(b)), `{"name":"shipTo"`, fmt.Sprintf(`{"name":"extra%d","type":"int"},{"name":"shipTo"`, i), 1)))
	}
	return texts
}

// A schema that comes from the registry.
func BenchmarkStartParse(b *testing.B) {
	texts := startSchemas(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Parse(texts[i%len(texts)]); err != nil {
			b.Fatal(err)
		}
	}
}

// Another writer's schema for the same contract.
func BenchmarkStartCompile(b *testing.B) {
	o := referenceOptions()
	o.Reader = mustParse(b, referenceSchema(b))
	var writers []*Schema
	for _, text := range startSchemas(b) {
		writers = append(writers, mustParse(b, string(text)))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Compile(writers[i%len(writers)], o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStartFingerprint(b *testing.B) {
	s := mustParse(b, referenceSchema(b))
	b.ReportAllocs()
	for b.Loop() {
		s.Fingerprint()
	}
}

// A thousand schemas that are kept with their programs: what a start costs, and what stays on the heap of each.
func BenchmarkStartThousand(b *testing.B) {
	o := referenceOptions()
	o.Reader = mustParse(b, referenceSchema(b))
	text := compacted(referenceSchema(b))
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	var programs []*Program
	for b.Loop() {
		programs = programs[:0]
		for i := range 1000 {
			s := mustParse(b, strings.Replace(text, `{"name":"shipTo"`, fmt.Sprintf(`{"name":"extra%d","type":"int"},{"name":"shipTo"`, i), 1))
			programs = append(programs, mustCompile(b, s, o))
		}
	}
	b.ReportMetric((heap()-before)/1000, "heap-B/schema")
	runtime.KeepAlive(programs)
}
