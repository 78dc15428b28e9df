package avro

import (
	"fmt"
	"math/big"
	"testing"

	hamba "github.com/hamba/avro/v2"
	twmb "github.com/twmb/avro"
)

func (g *generator) unscaled(digits int) *big.Int {
	n := new(big.Int)
	for range g.IntN(digits + 1) {
		n.Add(n.Mul(n, big.NewInt(10)), big.NewInt(g.Int64N(10)))
	}
	if g.IntN(2) == 0 {
		n.Neg(n)
	}
	return n
}

// others reads payloads with the two other implementations.
type others struct {
	twmb  *twmb.Schema
	hamba hamba.Schema
	api   hamba.API
}

func newOthers(t testing.TB, s *Schema) *others {
	t.Helper()
	o := &others{api: hamba.Config{MaxByteSliceSize: -1}.Freeze()}
	var err error
	if o.twmb, err = twmb.Parse(s.String()); err != nil {
		t.Fatalf("twmb refuses %s: %v", s, err)
	}
	c := canonical{seen: map[*Schema]bool{}, logical: hambaLogical}
	c.schema(s)
	if o.hamba, err = hamba.ParseBytesWithCache(c.dst, "", &hamba.SchemaCache{}); err != nil {
		t.Fatalf("hamba refuses %s: %v", c.dst, err)
	}
	return o
}

// decode fails where one of them does, or where they do not take every byte.
func (o *others) decode(payload []byte) (err error) {
	var v any
	rest, err := o.twmb.Decode(payload, &v)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes left", len(rest))
	}
	if err != nil {
		return fmt.Errorf("twmb: %w", err)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("hamba panics: %v", r)
		}
	}()
	var h any
	if err := o.api.Unmarshal(o.hamba, payload, &h); err != nil {
		return fmt.Errorf("hamba: %w", err)
	}
	return nil
}

// What the walker accepts, the other implementations decode; what was generated as valid, it accepts.
func TestWalkAgreesWithOthers(t *testing.T) {
	accepted, rejected := 0, 0
	for seed := range uint64(400) {
		g := newGenerator(seed)
		text := g.record(4)
		s, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		o := newOthers(t, s)
		p := mustCompile(t, s, Options{})
		n := p.NewNotes()
		for range 5 {
			valid := g.value(nil, s, 6)
			if v := p.Walk(valid, n); !v.OK() {
				t.Fatalf("seed %d: a valid payload is %v\n%s\n% x", seed, p.Rejection(v), text, valid)
			}
			for i := range 20 {
				payload := valid
				if i > 0 {
					payload = g.mutate(valid)
				}
				if !p.Walk(payload, n).OK() {
					rejected++
					continue
				}
				accepted++
				if err := o.decode(payload); err != nil {
					t.Fatalf("seed %d: accepted, but %v\n%s\n% x", seed, err, text, payload)
				}
				if _, err := p.Decode(payload); err != nil {
					t.Fatalf("seed %d: accepted, but %v\n%s\n% x", seed, err, text, payload)
				}
			}
		}
	}
	if accepted < 3000 || rejected < 10_000 {
		t.Errorf("%d accepted and %d rejected payloads: too few of one kind to say much", accepted, rejected)
	}
}

// The canonical form is the other implementations' too.
func TestCanonicalAgreesWithTwmb(t *testing.T) {
	for seed := range uint64(300) {
		text := newGenerator(seed).record(4)
		s := mustParse(t, text)
		if got, want := string(s.Canonical()), string(twmb.MustParse(text).Canonical()); got != want {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, got, want)
		}
	}
}
