package avro

import "testing"

func benchmarkWalk(b *testing.B, o Options) {
	s := mustParse(b, orderSchema)
	p := mustCompile(b, s, o)
	n := p.NewNotes()
	payload := orderPayload(b, s)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if v := p.Walk(payload, n); !v.OK() {
			b.Fatal(p.Rejection(v))
		}
	}
}

// The structure alone: bounds, UTF-8, logical types.
func BenchmarkWalkStructure(b *testing.B) { benchmarkWalk(b, Options{}) }

// A rule of every kind, among them two regular expressions' worth of pattern and format, and four captures.
func BenchmarkWalkEveryRule(b *testing.B) { benchmarkWalk(b, orderOptions()) }

// A contract without patterns: ranges, enums, nulls, lengths.
func BenchmarkWalkPlainRules(b *testing.B) {
	o := orderOptions()
	var plain []Rule
	for _, r := range o.Rules {
		if r.Kind != Pattern && r.Kind != UniqueItems {
			plain = append(plain, r)
		}
	}
	o.Rules = plain
	benchmarkWalk(b, o)
}

// A record that its first rule rejects: bad data must not cost more than good.
func BenchmarkRejectFirst(b *testing.B) {
	s := mustParse(b, orderSchema)
	p := mustCompile(b, s, Options{Rules: []Rule{{ID: "id.maxLength", Path: []string{"id"}, Kind: MaxLength, Text: "3"}}})
	n := p.NewNotes()
	payload := orderPayload(b, s)
	b.ReportAllocs()
	for b.Loop() {
		if v := p.Walk(payload, n); v.OK() {
			b.Fatal("accepted")
		}
	}
}

func BenchmarkCodec(b *testing.B) {
	s := mustParse(b, everything)
	c, err := NewCodec[all](s)
	if err != nil {
		b.Fatal(err)
	}
	d, err := c.For(s)
	if err != nil {
		b.Fatal(err)
	}
	v := sample()
	payload, err := c.Append(nil, &v)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		var into all
		for b.Loop() {
			if err := d.Decode(payload, &into); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			if buf, err = c.Append(buf[:0], &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
