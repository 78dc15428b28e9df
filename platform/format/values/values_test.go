package values_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

func TestRemainder(t *testing.T) {
	for _, c := range []struct{ full, carried, rest string }{
		{`{"a":1}`, `{"a":1}`, `null`},
		{`{"a":1,"b":[1,2]}`, `{"b":[2,1]}`, `{"a":1,"b":[1,2]}`},
		{`{"a":{"x":1,"y":2}}`, `{"a":{"x":1},"gone":true}`, `{"a":{"y":2},"gone":null}`},
		{`{"p":[{"name":"a","t":1},{"name":"b"}]}`, `{"p":[{"name":"a"},{"name":"c"}]}`, `{"p":{"a":{"t":1},"b":{"name":"b"},"c":null}}`},
		{`{"p":[{"name":"b"},{"name":"a"}]}`, `{"p":[{"name":"a"},{"name":"b"}]}`, `{"p":{"b":{},"a":{}}}`},
		{`{"p":[{"name":"a"},{"name":"A"}]}`, `{"p":[{"name":"a"}]}`, `{"p":[{"name":"a"},{"name":"A"}]}`},
		{`{"c":[{"property":"a","value":1,"name":"x"}]}`, `{"c":[{"property":"a","value":2,"name":"y"}]}`, `{"c":{"a":{"value":1,"name":"x"}}}`},
	} {
		full, carried := values.FromJSON([]byte(c.full)), values.FromJSON([]byte(c.carried))
		rest := values.Remainder(full, carried)
		assert.Equal(t, c.rest, string(values.Compact(rest)))
		assert.True(t, values.Equal(full, values.Restore(carried, rest)), "what was carried and the remainder make the full value")
	}
}

// TestRemainderAlwaysRestores: for any two values without null, and through a file too.
func TestRemainderAlwaysRestores(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		full, carried := object(r, 0), object(r, 0)
		rest := values.Remainder(full, carried)
		if rest.Kind != strict.Absent {
			rest = values.FromJSON(values.JSON(rest))
		}
		got := values.Restore(carried, rest)
		require.True(t, values.Equal(full, got), "seed %d:\nfull    %s\ncarried %s\nrest    %s\ngot     %s", seed, values.Compact(full), values.Compact(carried), values.Compact(rest), values.Compact(got))
	}
}

func object(r *rand.Rand, depth int) contract.Value {
	v := contract.Value{Kind: strict.Map}
	for _, key := range []string{"name", "property", "a", "b", "c"}[r.IntN(3):] {
		if r.IntN(3) > 0 {
			v = values.With(v, key, anything(r, depth+1))
		}
	}
	return v
}

func anything(r *rand.Rand, depth int) contract.Value {
	switch kind := r.IntN(6); {
	case kind == 0 && depth < 4:
		return object(r, depth)
	case kind < 3 && depth < 4:
		list := contract.Value{Kind: strict.List, Items: []contract.Value{}}
		for range r.IntN(4) {
			list.Items = append(list.Items, object(r, depth))
		}
		return list
	case kind == 3:
		return values.Int(int64(r.IntN(2)))
	case kind == 4:
		return values.Bool(true)
	}
	return values.Text(fmt.Sprintf("t%d", r.IntN(3)))
}

func TestMerge(t *testing.T) { // the cases of RFC 7396 that objects can have
	for _, c := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		got := values.Merge(values.FromJSON([]byte(c[0])), values.FromJSON([]byte(c[1])))
		assert.Equal(t, c[2], string(values.Compact(got)))
	}
}

func TestSurrogatePairs(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"\ud83d\ude9a"}`:   "🚚",
		`{"a":"\\ud83d\\ude9a"}`: `\ud83d\ude9a`,
		`{"a":"\uD83D x\ud83d"}`: "\ufffd x\ufffd",
		`{"a":"\u00e9\n"}`:       "é\n",
	} {
		assert.Equal(t, want, values.FromJSON([]byte(text)).Get("a").Text, text)
	}
}

func TestInline(t *testing.T) {
	d := values.Read("a.yaml", []byte(`
one: {$ref: '#/parts/one'}
two: [{$ref: '#parts/a~1b%20c'}]
far: {$ref: other.yaml}
round: {$ref: '#/parts/round'}
body: {of: {$ref: '#/its/own'}}
parts:
  one: {x: 1, deep: {$ref: '#/parts/a~1b c'}}
  a/b c: text
  round: {within: {$ref: '#/parts/round'}}
`), "test")
	d.Opaque = "body"
	got := values.Without(d.Inline(d.Root), "parts")
	assert.Equal(t, `{"one":{"x":1,"deep":"text"},"two":["text"],"far":{"$ref":"other.yaml"},"round":{"within":{"$ref":"#/parts/round"}},"body":{"of":{"$ref":"#/its/own"}}}`, string(values.Compact(got)))
	var said []string
	for _, f := range d.Findings() {
		said = append(said, f.String())
	}
	assert.Equal(t, []string{
		`a.yaml:4:6: warning format.test.reference: far: "other.yaml" is outside this file and is not fetched: put what it refers to into the file`,
		`a.yaml:10:19: warning format.test.reference: parts.round.within: "#/parts/round" refers to itself, which has no end`,
	}, said)
}

// TestReferencesThatMultiply are refused before they fill the memory.
func TestReferencesThatMultiply(t *testing.T) {
	text := "a0: {x: 1}\n"
	for i := range 30 {
		text += fmt.Sprintf("a%d: [{$ref: '#/a%d'}, {$ref: '#/a%d'}]\n", i+1, i, i)
	}
	d := values.Read("a.yaml", []byte(text), "test")
	d.Inline(d.Root)
	assert.True(t, contract.HasErrors(d.Findings()))
}
