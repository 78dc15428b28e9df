package avro

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// A small payload that the reader's schema makes large is refused while it is walked, before anybody rewrites it.
func TestReadersThatMakeRecordsLarge(t *testing.T) {
	defaults := strings.Builder{}
	for i := range 30 {
		fmt.Fprintf(&defaults, `,{"name":"f%d","type":"string","default":"0123456789"}`, i)
	}
	nulls, optional := strings.Builder{}, strings.Builder{}
	for i := range 60 {
		fmt.Fprintf(&nulls, `,{"name":"n%d","type":"null"}`, i)
		fmt.Fprintf(&optional, `,{"name":"n%d","type":["null","int"]}`, i)
	}
	records := func(fields string) string {
		return `{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"b","type":"boolean"}` + fields + `]}}`
	}
	within := func(branch string) string { return `{"type":"array","items":["null",` + branch + `]}` }
	record := func(fields string) string {
		return `{"type":"record","name":"I","fields":[{"name":"b","type":"boolean"}` + fields + `]}`
	}
	recursive := func(fields string) string {
		return `{"type":"record","name":"T","fields":[{"name":"kids","type":{"type":"array","items":"T"}}` + fields + `]}`
	}
	list := func(n int, item string) string { return long(int64(n)) + strings.Repeat(item, n) + long(0) }
	large := `,{"name":"large","type":"string","default":"` + strings.Repeat("x", 1000) + `"}`
	for _, c := range []struct {
		name, writer, reader, payload string
		ok                            bool
	}{
		{"an array", records(""), records(defaults.String()), list(900_000, "\x00"), false},
		{"a short array", records(""), records(defaults.String()), list(1000, "\x00"), true},
		{"as long an array as may be", records(""), records(defaults.String()), list(25_000, "\x00"), true},
		{"many blocks", records(""), records(large), strings.Repeat(long(1)+"\x00", 100_000) + long(0), false},
		{"a union that is taken", within(record("")), within(record(large)), list(100_000, long(1)+"\x00"), false},
		{"a union that is null", within(record("")), within(record(large)), list(100_000, long(0)), true},
		{"records in each other", recursive(""), recursive(large), list(100_000, long(0)), false},
		{"nulls as unions", records(nulls.String()), records(optional.String()), list(900_000, "\x00"), false},
		{"nulls as nulls", records(nulls.String()), records(nulls.String()), list(900_000, "\x00"), true},
		{"numbers", `{"type":"map","values":"int"}`, `{"type":"map","values":["int","double"]}`, list(900_000, long(0)+long(0)), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			reader, writer := mustParse(t, c.reader), mustParse(t, c.writer)
			p := mustCompile(t, writer, Options{Reader: reader})
			n := p.NewNotes()
			payload := []byte(c.payload)
			var v Verdict
			bounded(t, 2*time.Second, 1<<20, func() { v = p.Walk(payload, n) })
			if v.OK() != c.ok || !c.ok && v.Reason != fault.AvroLength {
				t.Fatalf("%+v", v)
			}
			if c.ok {
				bounded(t, 2*time.Second, 64<<20, func() { rewritten(t, p, n, payload) })
			}
		})
	}
}

// A default that every record gets counts too, and the limit is exact.
func TestGrowthOfTheRecordItself(t *testing.T) {
	writer := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"b","type":"boolean"}]}`)
	reader := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"b","type":"boolean"},{"name":"s","type":"string","default":"123456789"}]}`)
	for limit, want := range map[int]fault.Reason{10: "", 9: fault.AvroLength} {
		p := mustCompile(t, writer, Options{Reader: reader, Limits: Limits{Growth: limit}})
		if v := p.Walk([]byte{1}, p.NewNotes()); v.Reason != want {
			t.Errorf("%d bytes: %+v", limit, v)
		}
	}
}

// rewritten fails where a payload that was just walked becomes longer than was reckoned.
func rewritten(t *testing.T, p *Program, n *Notes, payload []byte) (out []byte, reckoned int) {
	t.Helper()
	out = payload
	if p.rewrite != nil {
		out = new(rewriter).rewrite(make([]byte, 0, 2*len(payload)), payload, p.rewrite)
	}
	reckoned = p.limits.Growth - n.room
	if len(out)-len(payload) > reckoned {
		t.Fatalf("%d bytes became %d, %d more were reckoned\nwriter %s\nreader %s", len(payload), len(out), reckoned, p.writer, p.reader)
	}
	return out, reckoned
}

// What is reckoned is never less than what comes of a record.
func TestGrowthIsReckoned(t *testing.T) {
	grew := 0
	for seed := range uint64(5000) {
		g := newGenerator(seed)
		text := g.record(3)
		reader, err := Parse([]byte(g.evolve(text)))
		writer := mustParse(t, text)
		if err != nil || len(CanRead(reader, writer)) > 0 {
			continue
		}
		p := mustCompile(t, writer, Options{Reader: reader})
		n := p.NewNotes()
		payload := g.value(nil, writer, 5)
		if !p.Walk(payload, n).OK() {
			continue
		}
		if out, _ := rewritten(t, p, n, payload); len(out) > len(payload) {
			grew++
		}
	}
	if grew < 50 {
		t.Errorf("only %d records grew", grew)
	}
}
