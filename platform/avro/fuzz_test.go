package avro

import "testing"

var seedSchemas = []string{
	`"int"`, `["null","string"]`, orderSchema, everything,
	`{"type":"record","name":"L","fields":[{"name":"v","type":"long","default":1},{"name":"next","type":["null","L"],"default":null}]}`,
	`{"type":"array","items":"null"}`, `{"type":"map","values":{"type":"array","items":{"type":"fixed","name":"F","size":3}}}`,
	`{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}`,
	`{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2},"default":"\u0001"}]}`,
}

// Whatever parses renders to a canonical form that parses to the same one, reads itself, and compiles.
func FuzzParse(f *testing.F) {
	for _, s := range seedSchemas {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		canonical := s.Canonical()
		again, err := Parse(canonical)
		if err != nil || string(again.Canonical()) != string(canonical) {
			t.Fatalf("canonical form %s: %v", canonical, err)
		}
		if _, err := Parse([]byte(s.String())); err != nil {
			t.Fatalf("its own text %s: %v", s, err)
		}
		if found := CanRead(s, s); len(found) > 0 {
			t.Fatalf("does not read itself: %v", found)
		}
		if _, err := Compile(s, Options{}); err != nil {
			t.Fatal(err)
		}
	})
}

// What the walker accepts, the others decode, and so do we; a payload has one verdict, with shortcuts and without.
func FuzzWalk(f *testing.F) {
	for i, s := range seedSchemas {
		schema := mustParse(f, s)
		for seed := range uint64(3) {
			payload := newGenerator(seed).value(nil, schema, 5)
			f.Add(uint8(i), payload)
			f.Add(uint8(i+len(seedSchemas)), payload)
		}
	}
	type subject struct {
		p *Program
		n *Notes
		o *others
	}
	var subjects []subject
	for _, s := range seedSchemas {
		schema := mustParse(f, s)
		p := mustCompile(f, schema, Options{Limits: Limits{Items: 10_000}})
		subjects = append(subjects, subject{p, p.NewNotes(), newOthers(f, schema)})
	}
	for i, s := range seedSchemas { // the same with rules
		o := newGenerator(uint64(i)).options(subjects[i].p.writer)
		o.Limits.Items = 10_000
		p := mustCompile(f, mustParse(f, s), o)
		subjects = append(subjects, subject{p, p.NewNotes(), subjects[i].o})
	}
	f.Fuzz(func(t *testing.T, which uint8, payload []byte) {
		s := subjects[int(which)%len(subjects)]
		v := s.p.Walk(payload, s.n)
		fresh := s.p.NewNotes()
		again := walkByStep(s.p, payload, fresh)
		if again.op = v.op; again != v || v.OK() && seen(fresh) != seen(s.n) {
			t.Fatalf("%+v %s, by step %+v %s", v, seen(s.n), again, seen(fresh))
		}
		if v.At < 0 || v.At > len(payload) {
			t.Fatalf("%+v of %d bytes", v, len(payload))
		}
		if !v.OK() {
			s.p.Rejection(v)
			return
		}
		if err := s.o.agree(s.p, payload); err != nil {
			t.Fatalf("accepted, but %v", err)
		}
	})
}

// A pair that is readable compiles, and what is rewritten has the reader's structure to the last byte.
func FuzzCompat(f *testing.F) {
	for _, r := range seedSchemas {
		for _, w := range seedSchemas {
			f.Add([]byte(r), []byte(w), uint64(1))
		}
	}
	for seed := range uint64(20) {
		g := newGenerator(seed)
		a := g.record(3)
		f.Add([]byte(g.evolve(a)), []byte(a), seed)
	}
	f.Fuzz(func(t *testing.T, readerText, writerText []byte, seed uint64) {
		reader, err := Parse(readerText)
		if err != nil {
			return
		}
		writer, err := Parse(writerText)
		if err != nil || len(CanRead(reader, writer)) > 0 || writer.width > 1<<16 {
			return
		}
		p, err := Compile(writer, Options{Reader: reader})
		if err != nil {
			t.Fatal(err)
		}
		payload := newGenerator(seed).value(nil, writer, 4)
		if !p.Walk(payload, p.NewNotes()).OK() {
			return
		}
		rewritten := new(rewriter).rewrite(nil, payload, resolve(reader, writer))
		d := scanner{b: rewritten}
		d.skip(reader)
		if d.at != len(rewritten) {
			t.Fatalf("%d bytes of %d are the reader's", d.at, len(rewritten))
		}
	})
}
