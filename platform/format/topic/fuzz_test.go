package topic

import (
	"bytes"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// FuzzPropose feeds JSON records, one a line: whatever they hold, there is an error or a contract that can be used.
func FuzzPropose(f *testing.F) {
	f.Add([]byte(`{"id":"a","n":1.5,"at":"2026-01-01T00:00:00Z","x":{"y":[1,null,"z"]}}`))
	f.Add([]byte("{\"a\":1}\n{\"a\":\"b\",\"A\":[]}\n{\"a-b\":{},\"_\":{\"_\":1}}\nnull\n[]\n{}"))
	f.Add(bytes.Repeat([]byte("{\"k\":\"AB-1\",\"d\":\"2026-01-01\",\"n\":-1e300,\"e\":\"on\"}\n"), 200))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := NewSurvey(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			v, ok := decodeJSON(line)
			if !ok {
				s.Unreadable()
				continue
			}
			s.Add(Record{Key: line[:min(len(line), 3)], Value: v, Time: time.UnixMilli(int64(i)), Partition: int32(i % 2)})
		}
		p, err := s.Propose(About{Topic: "fuzz", Partitions: 2})
		if err != nil {
			return
		}
		written, _ := p.Contract.Encode("")
		c, findings := contract.ParseContract("fuzz.odcs.yaml", written)
		if c == nil {
			t.Fatalf("%v\n%s", findings, written)
		}
		if findings := c.Bind("fuzz.avsc", p.Schema); contract.HasErrors(findings) {
			t.Fatalf("%v\n%s\n%s", findings, written, p.Schema)
		}
	})
}
