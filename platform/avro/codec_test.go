package avro

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

const everything = `{"type":"record","name":"All","namespace":"x","fields":[
	{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"i32","type":"int"},{"name":"l","type":"long"},
	{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"s","type":"string"},{"name":"y","type":"bytes"},
	{"name":"fix","type":{"type":"fixed","name":"Fix","size":3}},
	{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
	{"name":"opt","type":["null","string"],"default":null},{"name":"tpo","type":["int","null"]},
	{"name":"list","type":{"type":"array","items":"string"}},{"name":"m","type":{"type":"map","values":"bytes"}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}},
	{"name":"odec","type":["null",{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}]},
	{"name":"fdec","type":{"type":"fixed","name":"FDec","size":8,"logicalType":"decimal","precision":18,"scale":4}},
	{"name":"decs","type":{"type":"array","items":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}}},
	{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"tod","type":{"type":"int","logicalType":"time-millis"}},{"name":"tou","type":{"type":"long","logicalType":"time-micros"}},
	{"name":"ms","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"us","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"ns","type":{"type":"long","logicalType":"timestamp-nanos"}},
	{"name":"local","type":{"type":"long","logicalType":"local-timestamp-millis"}},
	{"name":"oms","type":["null",{"type":"long","logicalType":"timestamp-millis"}]},
	{"name":"id","type":{"type":"string","logicalType":"uuid"}},
	{"name":"dur","type":{"type":"fixed","name":"Dur","size":12,"logicalType":"duration"}},
	{"name":"next","type":["null","All"]},{"name":"kids","type":{"type":"array","items":"All"}}]}`

type all struct {
	B     bool              `avro:"b"`
	I     int               `avro:"i"`
	I32   int32             `avro:"i32"`
	L     int64             `avro:"l"`
	F     float32           `avro:"f"`
	D     float64           `avro:"d"`
	S     string            `avro:"s"`
	Y     []byte            `avro:"y"`
	Fix   [3]byte           `avro:"fix"`
	E     string            `avro:"e"`
	Opt   *string           `avro:"opt"`
	Tpo   *int              `avro:"tpo"`
	List  []string          `avro:"list"`
	M     map[string][]byte `avro:"m"`
	Dec   *big.Rat          `avro:"dec"`
	ODec  **big.Rat         `avro:"odec"`
	FDec  *big.Rat          `avro:"fdec"`
	Decs  []*big.Rat        `avro:"decs"`
	Day   time.Time         `avro:"day"`
	Tod   time.Duration     `avro:"tod"`
	Tou   time.Duration     `avro:"tou"`
	Ms    time.Time         `avro:"ms"`
	Us    time.Time         `avro:"us"`
	Ns    int64             `avro:"ns"`
	Local time.Time         `avro:"local"`
	OMs   *time.Time        `avro:"oms"`
	ID    string            `avro:"id"`
	Dur   [12]byte          `avro:"dur"`
	Next  *all              `avro:"next"`
	Kids  []all             `avro:"kids"`
}

func sample() all {
	text, ms := "opt", time.Date(1969, 7, 20, 20, 17, 40, 123e6, time.UTC)
	dec := big.NewRat(-12345, 10000)
	return all{B: true, I: -7, I32: 8, L: 1 << 60, F: 1.5, D: -2.25, S: "héllo", Y: []byte{1, 2}, Fix: [3]byte{1, 2, 3}, E: "B",
		Opt: &text, List: []string{"a", "b"}, M: map[string][]byte{"k": {9}}, Dec: big.NewRat(22972, 10000), ODec: &dec,
		FDec: big.NewRat(-1, 2), Decs: []*big.Rat{big.NewRat(0, 1), big.NewRat(-128, 10000)},
		Day: time.Date(1960, 2, 29, 0, 0, 0, 0, time.UTC), Tod: 5 * time.Hour, Tou: 7 * time.Microsecond, Ms: ms,
		Us: ms.Add(456 * time.Microsecond), Ns: 77, Local: ms, OMs: &ms, ID: "123e4567-e89b-12d3-a456-426614174000", Dur: [12]byte{1}}
}

func mustCodec[T any](t testing.TB, s *Schema) *Codec[T] {
	t.Helper()
	c, err := NewCodec[T](s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustDecoder[T any](t testing.TB, c *Codec[T], writer *Schema) *Decoder[T] {
	t.Helper()
	d, err := c.For(writer)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCodecRoundTrip(t *testing.T) {
	s := mustParse(t, everything)
	c := mustCodec[all](t, s)
	v := sample()
	inner := sample()
	v.Next, v.Kids = &inner, []all{sample()}
	payload, err := c.Append([]byte("head"), &v)
	if err != nil {
		t.Fatal(err)
	}
	payload = bytes.TrimPrefix(payload, []byte("head"))
	p := mustCompile(t, s, Options{})
	if verdict := p.Walk(payload, p.NewNotes()); !verdict.OK() {
		t.Fatal(p.Rejection(verdict))
	}
	d := mustDecoder(t, c, s)
	stale := "stale"
	got := all{Tpo: new(int), Opt: &stale, List: []string{"x", "y", "z"}, M: map[string][]byte{"old": nil}, Kids: make([]all, 3)}
	if err := d.Decode(payload, &got); err != nil {
		t.Fatal(err)
	}
	again, err := c.Append(nil, &got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(payload, again) {
		t.Errorf("came back as\n% x\n% x", again, payload)
	}
	if stale != "stale" {
		t.Error("decoding wrote through an old pointer")
	}
	if got.Tpo != nil || len(got.M) != 1 || len(got.List) != 2 || got.Dec.Cmp(v.Dec) != 0 || !got.Ms.Equal(v.Ms) || got.Ms.Location() != time.UTC || !got.Local.Equal(v.Local) {
		t.Errorf("got %+v", got)
	}
}

// Nothing decoded shares memory with the payload or with what stands beside it.
func TestDecodeDoesNotAlias(t *testing.T) {
	type two struct {
		A []byte            `avro:"a"`
		B string            `avro:"b"`
		M map[string][]byte `avro:"m"`
	}
	s := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"bytes"},{"name":"b","type":"string"},{"name":"m","type":{"type":"map","values":"bytes"}}]}`)
	c := mustCodec[two](t, s)
	payload, err := c.Append(nil, &two{A: []byte("aa"), B: "bb", M: map[string][]byte{"k": []byte("v")}})
	if err != nil {
		t.Fatal(err)
	}
	d := mustDecoder(t, c, s)
	var v two
	if err := d.Decode(payload, &v); err != nil {
		t.Fatal(err)
	}
	clear(payload)
	_ = append(v.A, "overwritten"...)
	if string(v.A) != "aa" || v.B != "bb" || string(v.M["k"]) != "v" || cap(v.M["k"]) != 1 {
		t.Errorf("%q %q %q", v.A, v.B, v.M)
	}
}

func TestCodecReadsOtherWriters(t *testing.T) {
	type tree struct {
		Name string  `avro:"name"`
		Size float64 `avro:"size"`
		Unit string  `avro:"unit"`
		Kids []tree  `avro:"kids"`
		Next *tree   `avro:"next"`
	}
	reader := mustParse(t, `{"type":"record","name":"Tree","fields":[{"name":"name","type":"string","aliases":["title"]},{"name":"size","type":"double"},
		{"name":"unit","type":"string","default":"m"},{"name":"kids","type":{"type":"array","items":"Tree"}},{"name":"next","type":["null","Tree"],"default":null}]}`)
	writer := mustParse(t, `{"type":"record","name":"old.Tree","fields":[{"name":"kids","type":{"type":"array","items":"Tree"}},{"name":"gone","type":{"type":"map","values":"Tree"}},
		{"name":"size","type":"int"},{"name":"title","type":"bytes"}]}`)
	c := mustCodec[tree](t, reader)
	d := mustDecoder(t, c, writer)
	leaf := `{"kids":[],"gone":{},"size":2,"title":"bGVhZg=="}`
	payload, err := EncodeJSON(writer, []byte(`{"kids":[`+leaf+`,`+leaf+`],"gone":{"a":`+leaf+`},"size":1,"title":"cm9vdA=="}`))
	if err != nil {
		t.Fatal(err)
	}
	p := mustCompile(t, writer, Options{Reader: reader})
	if v := p.Walk(payload, p.NewNotes()); !v.OK() {
		t.Fatal(p.Rejection(v))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				var got tree
				if err := d.Decode(payload, &got); err != nil {
					t.Error(err)
				}
				if want := "{root 1 m [{leaf 2 m [] <nil>} {leaf 2 m [] <nil>}] <nil>}"; fmt.Sprint(got) != want {
					t.Errorf("got %v, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
	if _, err := c.For(mustParse(t, `{"type":"record","name":"Tree","fields":[]}`)); err == nil {
		t.Error("a writer without the fields is read")
	} else if _, ok := errors.AsType[*IncompatibleError](err); !ok {
		t.Errorf("got %v", err)
	}
}

// Two codecs for schemas of the same name do not meet in a cache.
func TestCodecsAreApart(t *testing.T) {
	type a struct {
		X int64 `avro:"x"`
	}
	type b struct {
		X string `avro:"x"`
	}
	ca := mustCodec[a](t, mustParse(t, `{"type":"record","name":"R","fields":[{"name":"x","type":"long"}]}`))
	cb := mustCodec[b](t, mustParse(t, `{"type":"record","name":"R","fields":[{"name":"x","type":"string"}]}`))
	pa, errA := ca.Append(nil, &a{5})
	pb, errB := cb.Append(nil, &b{"5"})
	if errA != nil || errB != nil || string(pa) != "\x0a" || string(pb) != "\x025" {
		t.Errorf("% x %v, % x %v", pa, errA, pb, errB)
	}
}

func TestAppendRefuses(t *testing.T) {
	c := mustCodec[all](t, mustParse(t, everything))
	var none *big.Rat
	for _, b := range []struct {
		name  string
		spoil func(*all)
		want  string
	}{
		{"nil decimal", func(v *all) { v.Dec = nil }, "dec: the decimal is nil"},
		{"nil optional decimal", func(v *all) { v.ODec = &none }, "odec: the decimal is nil"},
		{"decimal to be rounded", func(v *all) { v.Dec = big.NewRat(1, 3) }, "dec: the decimal has more than 4 digits after the point"},
		{"decimal too large", func(v *all) { v.FDec = big.NewRat(1e15, 1) }, "fdec: the decimal has more than 18 digits"},
		{"decimal in a list", func(v *all) { v.Decs = []*big.Rat{big.NewRat(1, 1), nil} }, "decs[1]: the decimal is nil"},
		{"deep below", func(v *all) { k := sample(); k.Dec = nil; n := sample(); n.Kids = []all{sample(), k}; v.Next = &n }, "next.kids[1].dec: the decimal is nil"},
		{"int of 33 bits", func(v *all) { v.I = 1 << 31 }, "i: the int does not fit"},
		{"optional int of 33 bits", func(v *all) { i := -1<<31 - 1; v.Tpo = &i }, "tpo: the int does not fit"},
		{"old afternoon", func(v *all) { v.Day = time.Date(1960, 1, 1, 15, 0, 0, 0, time.UTC) }, "day: a date before 1970"},
		{"unknown symbol", func(v *all) { v.E = "C" }, "unknown enum symbol"},
	} {
		v := sample()
		b.spoil(&v)
		out, err := c.Append([]byte("head"), &v)
		if err == nil || !strings.Contains(err.Error(), b.want) || string(out) != "head" {
			t.Errorf("%s: %v, want %q", b.name, err, b.want)
		}
	}
	if _, err := c.Append(nil, nil); err == nil {
		t.Error("nil is encoded")
	}
}

func checkFit[T any](t *testing.T, typ, want string) {
	t.Helper()
	_, err := NewCodec[T](mustParse(t, field(typ)))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%T for %s: %v, want %q", *new(T), typ, err, want)
	}
}

func TestNewCodecRefuses(t *testing.T) {
	type embedded struct{}
	checkFit[struct{}](t, `"int"`, `no Go field for "f"`)
	checkFit[struct{ F, G int }](t, `"int"`, `has no field "F"`)
	checkFit[struct {
		F int `avro:"f"`
		G int `avro:"f"`
	}](t, `"int"`, `a second Go field for "f"`)
	checkFit[struct {
		F int `avro:"f"`
		embedded
	}](t, `"int"`, "embedded fields")
	checkFit[struct {
		F string `avro:"f"`
	}](t, `"int"`, "int needs int32 or int, not string")
	checkFit[struct {
		F *big.Rat `avro:"f"`
	}](t, `["null",`+decimal2+`]`, "needs a **big.Rat, not *big.Rat")
	checkFit[struct {
		F []byte `avro:"f"`
	}](t, decimal2, "needs *big.Rat, not []uint8")
	checkFit[struct {
		F string `avro:"f"`
	}](t, `["null","string"]`, "needs a pointer, not string")
	checkFit[struct {
		F any `avro:"f"`
	}](t, `["null","string","int"]`, "has no Go type here")
	checkFit[struct {
		F int64 `avro:"f"`
	}](t, millis, "needs time.Time, not int64")
	checkFit[struct {
		F int64 `avro:"f"`
	}](t, `{"type":"long","logicalType":"time-micros"}`, "needs time.Duration")
	checkFit[struct {
		F time.Duration `avro:"f"`
	}](t, `"long"`, "needs int64")
	checkFit[struct {
		F uint64 `avro:"f"`
	}](t, `{"type":"fixed","name":"F","size":8}`, "needs [8]byte")
	checkFit[struct {
		F []int64 `avro:"f"`
	}](t, `{"type":"array","items":"int"}`, "F[]: int needs int32 or int")
	checkFit[struct {
		F map[int]string `avro:"f"`
	}](t, `{"type":"map","values":"string"}`, "a map with string keys")
	checkFit[struct {
		F any `avro:"f"`
	}](t, `"null"`, "null needs")
	if _, err := NewCodec[string](mustParse(t, `"string"`)); err == nil || !strings.Contains(err.Error(), "for records") {
		t.Errorf("a codec for a string: %v", err)
	}
}

func TestDecodeIntoNil(t *testing.T) {
	type one struct {
		F int `avro:"f"`
	}
	s := mustParse(t, field(`"int"`))
	c, _ := NewCodec[one](s)
	d, _ := c.For(s)
	if err := d.Decode([]byte{0}, nil); err == nil {
		t.Error("decoded into nothing")
	}
}
