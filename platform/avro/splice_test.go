package avro

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// whatever is a record with a field of every type that Go code can have, and its struct.
type whatever struct {
	B    bool             `avro:"b"`
	I    int32            `avro:"i"`
	L    int64            `avro:"l"`
	F    float32          `avro:"f"`
	D    float64          `avro:"d"`
	S    string           `avro:"s"`
	Y    []byte           `avro:"y"`
	Fix  [3]byte          `avro:"fix"`
	E    string           `avro:"e"`
	Opt  *string          `avro:"opt"`
	Tpo  *int32           `avro:"tpo"`
	List []string         `avro:"list"`
	M    map[string]int64 `avro:"m"`
	Dec  *big.Rat         `avro:"dec"`
	Big  *big.Rat         `avro:"big"`
	ODec **big.Rat        `avro:"odec"`
	FDec *big.Rat         `avro:"fdec"`
	Day  time.Time        `avro:"day"`
	Tod  time.Duration    `avro:"tod"`
	Tou  time.Duration    `avro:"tou"`
	Ms   time.Time        `avro:"ms"`
	Us   time.Time        `avro:"us"`
	Loc  time.Time        `avro:"loc"`
	In   inner            `avro:"in"`
	Kids []inner          `avro:"kids"`
	OIn  *inner           `avro:"oin"`
	MIn  map[string]inner `avro:"min"`
	LL   [][]*int64       `avro:"ll"`
}

type inner struct {
	X string   `avro:"x"`
	P point    `avro:"p"`
	N *big.Rat `avro:"n"`
}

type point struct {
	Lat float64 `avro:"lat"`
	Lon float64 `avro:"lon"`
}

const whateverSchema = `{"type":"record","name":"Whatever","namespace":"%s","fields":[
	{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
	{"name":"s","type":"string"},{"name":"y","type":"bytes"},{"name":"fix","type":{"type":"fixed","name":"Fix","size":3}},
	{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
	{"name":"opt","type":["null","string"],"default":null},{"name":"tpo","type":["int","null"]},
	{"name":"list","type":{"type":"array","items":"string"}},{"name":"m","type":{"type":"map","values":"long"}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
	{"name":"big","type":{"type":"bytes","logicalType":"decimal","precision":38,"scale":20}},
	{"name":"odec","type":["null",{"type":"bytes","logicalType":"decimal","precision":12,"scale":4}]},
	{"name":"fdec","type":{"type":"fixed","name":"FDec","size":8,"logicalType":"decimal","precision":18,"scale":4}},
	{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"tod","type":{"type":"int","logicalType":"time-millis"}},{"name":"tou","type":{"type":"long","logicalType":"time-micros"}},
	{"name":"ms","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"us","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"loc","type":{"type":"long","logicalType":"local-timestamp-millis"}},
	{"name":"in","type":{"type":"record","name":"Inner%[2]s","fields":[{"name":"x","type":"string"},
		{"name":"p","type":{"type":"record","name":"Point","fields":[{"name":"lat","type":"double"},{"name":"lon","type":"double"}]}},
		{"name":"n","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}},
	{"name":"kids","type":{"type":"array","items":"Inner%[2]s"}},{"name":"oin","type":["null","Inner%[2]s"]},{"name":"min","type":{"type":"map","values":"Inner%[2]s"}},
	{"name":"ll","type":{"type":"array","items":{"type":"array","items":["null","long"]}}}]}`

func mustView(t testing.TB, reader, writer *Schema) *Viewer {
	t.Helper()
	v, err := NewViewer(reader, writer)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustSplice(t testing.TB, reader, to *Schema, o SpliceOptions) *Splice {
	t.Helper()
	s, err := NewSplice(reader, to, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// random makes a value; maps have one entry at most, since their order is not fixed.
func random(r *rand.Rand) *whatever {
	text := func() string { return strings.Repeat("aü€", r.IntN(4)) }
	rat := func(digits int64, scale int) *big.Rat {
		n := r.Int64N(digits) >> r.IntN(40)
		if r.IntN(2) == 0 {
			n = -n
		}
		return new(big.Rat).SetFrac(big.NewInt(n), pow10(scale))
	}
	in := func() inner { return inner{text(), point{r.NormFloat64(), 3}, rat(1e9, 2)} }
	at := func() time.Time { return time.UnixMilli(r.Int64N(4e12) - 1e12).UTC() }
	v := &whatever{
		B: r.IntN(2) == 0, I: int32(r.Uint32()), L: int64(r.Uint64()) >> r.IntN(64), F: float32(r.NormFloat64()), D: r.NormFloat64(),
		S: text(), Y: []byte(text()), Fix: [3]byte{1, byte(r.IntN(256))}, E: string("ABC"[r.IntN(3)]), List: []string{}, M: map[string]int64{},
		Dec: rat(1e12, 2), Big: new(big.Rat).Mul(rat(1e17, 0), rat(1e17, 20)), FDec: rat(1e15, 4),
		Day: at().Truncate(24 * time.Hour), Tod: time.Duration(r.IntN(86_400_000)) * time.Millisecond, Tou: time.Duration(r.Int64N(86_400_000_000)) * time.Microsecond,
		Ms: at(), Us: at().Add(123 * time.Microsecond), Loc: at(), In: in(), Kids: []inner{}, MIn: map[string]inner{}, LL: [][]*int64{},
	}
	if r.IntN(2) == 0 {
		s, n, d, o := text(), int32(7), rat(1e11, 4), in()
		v.Opt, v.Tpo, v.ODec, v.OIn = &s, &n, &d, &o
		v.M["k"], v.MIn["k"] = 5, in()
	}
	for range r.IntN(4) {
		n := r.Int64()
		v.List, v.Kids, v.LL = append(v.List, text()), append(v.Kids, in()), append(v.LL, []*int64{&n, nil})
	}
	return v
}

// read takes a value out of a view, as generated code does.
func read(v View) *whatever {
	in := func(v View) inner {
		p := v.Record(1)
		return inner{v.Field(0).Text(), point{p.Field(0).Double(), p.Field(1).Double()}, v.Field(2).Decimal()}
	}
	value := func(v Value) inner { return in(v.Record()) }
	w := &whatever{
		B: v.Field(0).Bool(), I: v.Field(1).Int(), L: v.Field(2).Long(), F: v.Field(3).Float(), D: v.Field(4).Double(), S: v.Field(5).Text(), Y: v.Field(6).Bytes(),
		Fix: [3]byte(v.Field(7).Bytes()), E: v.Field(8).Text(), Opt: Optional(v.Field(9), Value.Text), Tpo: Optional(v.Field(10), Value.Int),
		List: Slice(v.Field(11), Value.Text), M: Map(v.Field(12), Value.Long), Dec: v.Field(13).Decimal(), Big: v.Field(14).Decimal(),
		ODec: Optional(v.Field(15), Value.Decimal), FDec: v.Field(16).Decimal(), Day: v.Field(17).Time(), Tod: v.Field(18).Duration(), Tou: v.Field(19).Duration(),
		Ms: v.Field(20).Time(), Us: v.Field(21).Time(), Loc: v.Field(22).Time(), In: in(v.Record(23)), Kids: Slice(v.Field(24), value),
		OIn: Optional(v.Field(25), value), MIn: Map(v.Field(26), value),
		LL: Slice(v.Field(27), func(v Value) []*int64 {
			return Slice(v, func(v Value) *int64 { return Optional(v, Value.Long) })
		}),
	}
	kids := ListOf[kid](v.Field(24))
	if got := len(slices.Collect(kids.All())); got != len(w.Kids) || kids.Len() != got {
		panic(fmt.Sprint(got, " kids, not ", len(w.Kids)))
	}
	return w
}

type kid struct{ View }

func (kid) OverRecord(v View) kid { return kid{v} }

// patch sets every field on a patch, as generated code does.
func patch(p Patch, v *whatever) {
	p.SetBool(0, v.B)
	p.SetInt(1, v.I)
	p.SetLong(2, v.L)
	p.SetFloat(3, v.F)
	p.SetDouble(4, v.D)
	p.SetText(5, v.S)
	p.SetBytes(6, v.Y)
	p.SetBytes(7, v.Fix[:])
	p.SetText(8, v.E)
	if v.Opt == nil {
		p.SetNull(9)
		p.SetNull(10)
		p.SetNull(15)
	} else {
		p.SetText(9, *v.Opt)
		p.SetInt(10, *v.Tpo)
		p.SetDecimal(15, *v.ODec)
	}
	Set(p, 11, v.List)
	Set(p, 12, v.M)
	p.SetDecimal(13, v.Dec)
	p.SetDecimal(14, v.Big)
	p.SetDecimal(16, v.FDec)
	p.SetTime(17, v.Day)
	p.SetDuration(18, v.Tod)
	p.SetDuration(19, v.Tou)
	p.SetTime(20, v.Ms)
	p.SetTime(21, v.Us)
	p.SetTime(22, v.Loc)
	in := p.Record(23)
	in.SetText(0, v.In.X)
	in.Record(1).SetDouble(0, v.In.P.Lat)
	in.Record(1).SetDouble(1, v.In.P.Lon)
	in.SetDecimal(3, v.In.N)
	Set(p, 27, v.Kids)
	Set(p, 28, v.OIn)
	Set(p, 29, v.MIn)
	Set(p, 30, v.LL)
}

// What a view reads is what the typed codec decodes; what a patch writes is what it encodes; and what is copied is both.
func TestViewsAndPatchesAgreeWithTheCodec(t *testing.T) {
	reader, to := mustParse(t, fmt.Sprintf(whateverSchema, "a", "")), mustParse(t, fmt.Sprintf(whateverSchema, "b", "Other"))
	codec := mustCodec[whatever](t, reader)
	decoder := mustDecoder(t, codec, reader)
	viewer := mustView(t, reader, reader)
	splice := mustSplice(t, reader, to, SpliceOptions{})
	program := mustCompile(t, reader, Options{})
	notes, patcher := program.NewNotes(), splice.NewPatcher()
	r := rand.New(rand.NewPCG(1, 2))
	other, err := codec.Append(nil, random(r))
	if err != nil {
		t.Fatal(err)
	}
	for range 5000 {
		v := random(r)
		payload, err := codec.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if verdict := program.Walk(payload, notes); !verdict.OK() {
			t.Fatal(program.Rejection(verdict))
		}
		var typed whatever
		if err := decoder.Decode(payload, &typed); err != nil {
			t.Fatal(err)
		}
		view := viewer.View(payload)
		again, err := codec.Append(nil, read(view))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, payload) || fmt.Sprint(read(view).Ms, read(view).Day) != fmt.Sprint(typed.Ms, typed.Day) {
			t.Fatalf("read as\n%+v\n%+v", read(view), typed)
		}
		p := patcher.Begin(view)
		if got, err := patcher.Append([]byte("kept") /* nothing is set */); err != nil || !bytes.Equal(got, append([]byte("kept"), payload...)) {
			t.Fatalf("copied as\n%x\n%x %v", got, payload, err)
		}
		patch(p, v)
		if got, err := patcher.Append(nil); err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("set as\n%x\n%x %v", got, payload, err)
		}
		patch(patcher.Begin(viewer.View(other)), v)
		if got, err := patcher.Append(nil); err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("set over another record as\n%x\n%x %v", got, payload, err)
		}
	}
}

// Whatever the schema, a splice of a record from itself is that record, and one of an older writer's record is what the
// reader makes of it.
func TestSpliceCopies(t *testing.T) {
	for seed := range uint64(300) {
		g := newGenerator(seed)
		schema, err := Parse([]byte(g.record(4)))
		if err != nil {
			continue // some have a name twice
		}
		splice := mustSplice(t, schema, schema, SpliceOptions{})
		viewer := mustView(t, schema, schema)
		program := mustCompile(t, schema, Options{})
		patcher, notes := splice.NewPatcher(), program.NewNotes()
		for range 20 {
			payload := g.value(nil, schema, 6)
			if !program.Walk(payload, notes).OK() {
				continue
			}
			patcher.Begin(viewer.View(payload))
			if got, err := patcher.Append(nil); err != nil || !bytes.Equal(got, payload) {
				t.Fatalf("%s: %x, not %x: %v", schema, got, payload, err)
			}
		}
	}
}

// Fields come from elsewhere, from within records, from another branch of a union, or are set; each as the codec would have it.
func TestSplice(t *testing.T) {
	reader := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"id","type":"string"},{"name":"who","type":["null","string"]},
		{"name":"home","type":{"type":"record","name":"Home","fields":[{"name":"city","type":"string"},{"name":"zip","type":"string"}]}},
		{"name":"state","type":{"type":"enum","name":"S","symbols":["a","b"]}},{"name":"n","type":"int"}]}`)
	writer := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"n","type":"int"},{"name":"state","type":{"type":"enum","name":"S","symbols":["b","a"]}},
		{"name":"home","type":{"type":"record","name":"Home","fields":[{"name":"zip","type":"string"},{"name":"city","type":"string"}]}},
		{"name":"who","type":["null","string"]},{"name":"id","type":"string"}]}`)
	to := mustParse(t, `{"type":"record","name":"B","fields":[{"name":"key","type":"string"},{"name":"who","type":"string"},{"name":"town","type":["null","string"]},
		{"name":"home","type":{"type":"record","name":"Address","fields":[{"name":"zip","type":"string"},{"name":"city","type":"string"}]}},
		{"name":"state","type":{"type":"enum","name":"State","symbols":["a","b","c"]}},{"name":"n","type":"long"},{"name":"new","type":"int","default":7},{"name":"sum","type":"double"}]}`)
	options := SpliceOptions{From: map[string]string{"key": "id", "town": "home.city"}, Set: []string{"sum"}, Filled: func(path string) bool { return path == "who" }}
	splice := mustSplice(t, reader, to, options)
	text := `{"id":"x","who":"me","home":{"city":"Y","zip":"4240"},"state":"b","n":5}`
	want, err := EncodeJSON(to, []byte(`{"key":"x","who":"me","town":"Y","home":{"zip":"04240","city":"Y"},"state":"b","n":5,"new":7,"sum":1.5}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range map[string]*Schema{"reader": reader, "writer": writer} {
		payload, err := EncodeJSON(schema, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		viewer := mustView(t, reader, schema)
		patcher := splice.NewPatcher()
		var texts []string
		for range 3000 { // so that what payloads are rewritten into is renewed
			view := viewer.View(payload)
			p := patcher.Begin(view)
			p.Record(3).SetText(0, "0"+view.Record(2).Field(1).Text())
			p.SetDouble(8, 1.5)
			if got, err := patcher.Append(nil); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s: %x, not %x: %v", name, got, want, err)
			}
			texts = append(texts, view.Field(0).Text())
		}
		if slices.ContainsFunc(texts, func(s string) bool { return s != "x" }) {
			t.Errorf("%s: a text that a view gave has changed", name)
		}
		patcher.Begin(viewer.View(payload))
		if _, err := patcher.Append(nil); err == nil || !strings.Contains(err.Error(), "sum") {
			t.Errorf("%s: a field that must be set was not: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		change func(*SpliceOptions)
		want   string
	}{
		"neither":       {func(o *SpliceOptions) { o.Set = nil }, "sum: the input has no such field"},
		"may be null":   {func(o *SpliceOptions) { o.Filled = nil }, "who: it cannot be copied from who: that may be null"},
		"other type":    {func(o *SpliceOptions) { o.From["n"] = "id" }, "n: it cannot be copied from id: their types differ"},
		"no input":      {func(o *SpliceOptions) { o.From["key"] = "ident" }, "key: the input has no field ident"},
		"no output":     {func(o *SpliceOptions) { o.From["ident"] = "id" }, "ident: there is no such field to copy to"},
		"nothing set":   {func(o *SpliceOptions) { o.Set = []string{"sum", "total"} }, "total: there is no such field to set"},
		"record, value": {func(o *SpliceOptions) { o.From["home"] = "id" }, "home: its type"},
	} {
		o := options
		o.From = map[string]string{"key": "id", "town": "home.city"}
		c.change(&o)
		if _, err := NewSplice(reader, to, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A value that does not fit is told by where it is, as the codec tells it.
func TestPatchRefuses(t *testing.T) {
	s := mustParse(t, fmt.Sprintf(whateverSchema, "a", ""))
	codec := mustCodec[whatever](t, s)
	payload, err := codec.Append(nil, random(rand.New(rand.NewPCG(3, 4))))
	if err != nil {
		t.Fatal(err)
	}
	viewer := mustView(t, s, s)
	splice := mustSplice(t, s, s, SpliceOptions{})
	patcher := splice.NewPatcher()
	for want, set := range map[string]func(Patch){
		"e: it is no symbol":                    func(p Patch) { p.SetText(8, "D") },
		"dec: the decimal is nil":               func(p Patch) { p.SetDecimal(13, nil) },
		"dec: the decimal has more than 2":      func(p Patch) { p.SetDecimal(13, big.NewRat(1, 3)) },
		"dec: the decimal has more than 12":     func(p Patch) { p.SetDecimal(13, big.NewRat(1e12, 1)) },
		"big: the decimal has more than 38":     func(p Patch) { p.SetDecimal(14, new(big.Rat).SetInt(pow10(19))) },
		"day: a date before 1970":               func(p Patch) { p.SetTime(17, time.Unix(-1, 0)) },
		"in.n: the decimal has more than 2":     func(p Patch) { p.Record(23).SetDecimal(3, big.NewRat(1, 8)) },
		"kids[0].n: the decimal is nil":         func(p Patch) { Set(p, 27, []inner{{}}) },
		"field list of record a.Whatever: []in": func(p Patch) { Set(p, 11, []int32{1}) },
	} {
		set(patcher.Begin(viewer.View(payload)))
		if _, err := patcher.Append(nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// splicing gives what spliced needs for the reference order.
func splicing(t testing.TB) (viewer *Viewer, patcher *Patcher, dst, payload []byte) {
	t.Helper()
	s, payload := referenceOrder(t)
	return mustView(t, s, s), mustSplice(t, s, s, SpliceOptions{}).NewPatcher(), make([]byte, 0, 1024), payload
}

// spliced reads two fields, sets two and copies the others.
func spliced(viewer *Viewer, patcher *Patcher, dst, payload []byte) []byte {
	view := viewer.View(payload)
	p := patcher.Begin(view)
	p.SetInt(9, view.Field(9).Int()+1)
	p.SetText(8, view.Record(12).Field(1).Text())
	dst, _ = patcher.Append(dst) // both fit
	return dst
}

// Reading, setting and copying allocate nothing.
func TestSpliceDoesNotAllocate(t *testing.T) {
	viewer, patcher, dst, payload := splicing(t)
	if n := testing.AllocsPerRun(100, func() { dst = spliced(viewer, patcher, dst[:0], payload) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSpliceOrder(b *testing.B) {
	viewer, patcher, dst, payload := splicing(b)
	b.ReportAllocs()
	for b.Loop() {
		dst = spliced(viewer, patcher, dst[:0], payload)
	}
}
