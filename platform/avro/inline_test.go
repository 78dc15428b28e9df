package avro_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const (
	country = `{"type":"record","name":"Country","namespace":"geo","fields":[{"name":"code","type":"string"}]}`
	address = `{"type":"record","name":"geo.Address","fields":[{"name":"country","type":"Country"},{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HOME"]}}]}`
	bare    = `{"type":"fixed","name":"Hash","size":4}`
)

func TestInline(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		others []string
		alone  string // the same written by hand; "" where the error is wanted
	}{
		"nothing to do": {
			text:  `["null","string"]`,
			alone: `["null","string"]`,
		},
		"a name within a namespace, through another, and again": {
			text:   `{"type":"record","name":"Order","namespace":"geo","fields":[{"name":"to","type":"Address"},{"name":"from","type":["null","geo.Address"]},{"name":"via","type":{"type":"array","items":"geo.Country"}}]}`,
			others: []string{address, country},
			alone: `{"type":"record","name":"Order","namespace":"geo","fields":[{"name":"to","type":{"type":"record","name":"Address","fields":[
				{"name":"country","type":{"type":"record","name":"Country","fields":[{"name":"code","type":"string"}]}},
				{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HOME"]}}]}},
				{"name":"from","type":["null","Address"]},{"name":"via","type":{"type":"array","items":"Country"}}]}`,
		},
		"what is nested in another is used before it": {
			text:   `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"kind","type":{"type":"geo.Kind"}},{"name":"to","type":"geo.Address"}]}`,
			others: []string{country, address},
			alone: `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"kind","type":{"type":"enum","name":"geo.Kind","symbols":["HOME"]}},
				{"name":"to","type":{"type":"record","name":"geo.Address","fields":[
				{"name":"country","type":{"type":"record","name":"Country","fields":[{"name":"code","type":"string"}]}},{"name":"kind","type":"Kind"}]}}]}`,
		},
		"a name without a namespace": {
			text:   `["null","Hash"]`,
			others: []string{bare, country},
			alone:  `["null",{"type":"fixed","name":"Hash","size":4}]`,
		},
		"the text's own definition goes first": {
			text:   `["null",{"type":"fixed","name":"Hash","size":8}]`,
			others: []string{bare},
			alone:  `["null",{"type":"fixed","name":"Hash","size":8}]`,
		},
		"types that refer to each other": {
			text:   `{"type":"record","name":"R","fields":[{"name":"a","type":"A"}]}`,
			others: []string{`{"type":"record","name":"A","fields":[{"name":"b","type":["null","B"]}]}`, `{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}`},
			alone: `{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"A","fields":[{"name":"b","type":["null",
				{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}]}]}}]}`,
		},
		"two definitions of one name": {text: `"Hash"`, others: []string{bare, strings.Replace(bare, "4", "5", 1)}},
		"not JSON":                    {text: `"geo.Country"`, others: []string{`{`}},
		"a name that nobody defines":  {text: `"geo.Town"`, others: []string{country}},
	} {
		t.Run(name, func(t *testing.T) {
			others := make([][]byte, len(c.others))
			for i, o := range c.others {
				others[i] = []byte(o)
			}
			var got *avro.Schema
			text, err := avro.Inline([]byte(c.text), others...)
			if err == nil {
				got, err = avro.Parse(text)
			}
			if c.alone == "" {
				if err == nil {
					t.Fatalf("no error, but %s", text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := avro.Parse([]byte(c.alone))
			if err != nil {
				t.Fatal(err)
			}
			if got.Fingerprint() != want.Fingerprint() {
				t.Errorf("got  %s\nwant %s", got.Canonical(), want.Canonical())
			}
		})
	}
}

func FuzzInline(f *testing.F) {
	f.Add(`{"type":"record","name":"O","namespace":"geo","fields":[{"name":"a","type":"Address"}]}`, address, country)
	f.Add(`["null","Hash"]`, bare, `{"type":{}}`)
	f.Fuzz(func(t *testing.T, text, one, two string) {
		whole, err := avro.Inline([]byte(text), []byte(one), []byte(two))
		if err != nil {
			return
		}
		if _, err := avro.Parse([]byte(text)); err != nil {
			return
		}
		// A text that stands alone stays what it is.
		if _, err := avro.Parse(whole); err != nil {
			t.Errorf("%s was a schema, and %s is none: %v", text, whole, err)
		}
	})
}
