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

// decode gives the values of both, and fails where one of them does, or where they do not take every byte.
func (o *others) decode(payload []byte) (theirs [2]any, err error) {
	rest, err := o.twmb.Decode(payload, &theirs[0], twmb.TaggedUnions())
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes left", len(rest))
	}
	if err != nil {
		return theirs, fmt.Errorf("twmb: %w", err)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("hamba panics: %v", r)
		}
	}()
	if err := o.api.Unmarshal(o.hamba, payload, &theirs[1]); err != nil {
		return theirs, fmt.Errorf("hamba: %w", err)
	}
	return theirs, nil
}

// reads tells whether twmb reads a payload of any kind; hamba believes lengths, and dies of large ones.
func (o *others) reads(payload []byte) bool {
	var v any
	_, err := o.twmb.Decode(payload, &v)
	return err == nil
}

// agree decodes an accepted payload here and by both others, and encodes what they have by their own code: all three are one value.
func (o *others) agree(p *Program, payload []byte) error {
	theirs, err := o.decode(payload)
	if err != nil {
		return err
	}
	ours, err := p.Decode(payload)
	if err != nil {
		return err
	}
	want := fmt.Sprint(ours)
	for i, encode := range []func(any) ([]byte, error){
		func(v any) ([]byte, error) { return o.twmb.Encode(v) },
		func(v any) ([]byte, error) { return o.api.Marshal(o.hamba, v) },
	} {
		again, err := encode(theirs[i])
		if err != nil {
			return fmt.Errorf("%s, again: %w", otherNames[i], err)
		}
		value, err := p.Decode(again)
		if err != nil {
			return fmt.Errorf("%s, again: %w", otherNames[i], err)
		}
		if got := fmt.Sprint(value); got != want {
			return fmt.Errorf("%s has another value:\n%s\nhere it is\n%s", otherNames[i], got, want)
		}
	}
	return nil
}

var otherNames = [2]string{"twmb", "hamba"}

// wantedRecords is how many payloads are walked: $TIDEMARK_RECORDS, or enough for every day.
func wantedRecords(t *testing.T) int { return wanted(t, "TIDEMARK_RECORDS", 40_000) }

// What the walker accepts, the other implementations decode, to the same value; what was generated as valid, it accepts; and what it
// refuses cannot be read, or is in a class of payloads that only the others read.
//
//	TIDEMARK_RECORDS=100000000 go test -run TestWalkAgreesWithOthers -v -timeout 3h ./platform/avro
func TestWalkAgreesWithOthers(t *testing.T) {
	walked, accepted, broken, rules, classes := 0, 0, 0, 0, map[string]int{}
	seed := uint64(0)
	for want := wantedRecords(t); walked < want; seed++ {
		g := newGenerator(seed)
		text := g.record(4)
		s := mustParse(t, text)
		o := newOthers(t, s)
		p := mustCompile(t, s, Options{})
		ruled := mustCompile(t, s, g.options(s))
		n, ruledNotes := p.NewNotes(), ruled.NewNotes()
		for range 20 {
			valid := g.value(nil, s, 6)
			if v := p.Walk(valid, n); !v.OK() {
				t.Fatalf("seed %d: a valid payload is %v\n%s\n% x", seed, p.Rejection(v), text, valid)
			}
			for i := range 20 {
				payload := valid
				if i > 0 {
					payload = g.mutate(valid)
				}
				if walked++; walked%10_000_000 == 0 {
					t.Logf("%d payloads, at seed %d", walked, seed)
				}
				v := p.Walk(payload, n)
				if r := ruled.Walk(payload, ruledNotes); r.OK() && !v.OK() || v.OK() && !r.OK() && r.Rule < 0 {
					t.Fatalf("seed %d: %v with rules and %v without\n%s\n% x", seed, ruled.Rejection(r), p.Rejection(v), text, payload)
				} else if v.OK() && !r.OK() {
					rules++
				}
				found, readable := lenientClasses(s, payload)
				if !readable && !found[beyond] && o.reads(payload) {
					t.Fatalf("seed %d: twmb reads what should not be readable\n%s\n% x", seed, text, payload)
				}
				switch {
				case v.OK():
					accepted++
					if err := o.agree(p, payload); err != nil || !readable || len(found) > 0 {
						t.Fatalf("seed %d: accepted; readable %v, %v: %v\n%s\n% x", seed, readable, found, err, text, payload)
					}
				case !readable:
					broken++
				case len(found) == 0:
					t.Fatalf("seed %d: %v, and no reason for it\n%s\n% x", seed, p.Rejection(v), text, payload)
				default:
					for class := range found {
						classes[class]++
					}
				}
			}
		}
	}
	t.Logf("seeds 0 to %d, %d payloads walked: %d accepted, and of one value to all, of which a contract's rules refuse %d; %d cannot be read; of the others are %v", seed-1, walked, accepted, rules, broken, classes)
	if accepted < walked/20 || rules < walked/100 || broken < walked/4 {
		t.Errorf("%d accepted and %d broken payloads: too few of one kind to say much", accepted, broken)
	}
	for _, class := range []string{overlong, notUTF8, blockSize, trailing, outOfRange} {
		if classes[class] == 0 {
			t.Errorf("none has %s", class)
		}
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
