package contract

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzParseContract: any bytes give a contract or errors, never both, never a panic; every finding lies within the
// file; and a contract that was read gives rules, and is written as it was.
func FuzzParseContract(f *testing.F) {
	for _, entry := range goodTree(f) {
		f.Add(entry.Data)
	}
	for _, text := range hostile() {
		if len(text) < 10_000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, findings := ParseContract("fuzz.odcs.yaml", text)
		if (c == nil) != HasErrors(findings) {
			t.Fatalf("a contract and errors, or neither: %v", findings)
		}
		lines := bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte("\r")) + bytes.Count(text, []byte("\u2028")) + bytes.Count(text, []byte("\u2029")) + bytes.Count(text, []byte("\u0085")) + 1
		for _, x := range findings {
			if x.Line < 0 || x.Line > lines+1 || x.Column < 0 || x.Message == "" || x.Rule == "" {
				t.Fatalf("%+v in %d lines", x, lines)
			}
			if _, err := json.Marshal(x); err != nil {
				t.Fatal(err)
			}
		}
		if c == nil {
			return
		}
		for _, p := range c.CustomProperties {
			if _, err := json.Marshal(p.Value); err != nil {
				t.Fatal(err)
			}
		}
		rules, _ := c.Rules()
		seen := make(map[string]bool, len(rules))
		for _, r := range rules {
			if seen[r.ID] {
				t.Fatalf("two rules %s", r.ID)
			}
			seen[r.ID] = true
		}
		c.Classified()
		again, lost := c.Encode("")
		read, findings := ParseContract("fuzz.odcs.yaml", again)
		if read == nil || len(lost) > 0 {
			t.Fatalf("%v %v in\n%s", lost, findings, again)
		}
		if was, is := canonical(t, c.Document()), canonical(t, read.Document()); was != is {
			t.Fatalf("%s\nis read as %s\nand was %s", again, is, was)
		}
		for _, version := range odcsStandard().versions {
			c.Encode(version)
		}
	})
}

// FuzzParseDataProduct as FuzzParseContract.
func FuzzParseDataProduct(f *testing.F) {
	for _, entry := range goodTree(f) {
		f.Add(entry.Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, findings := ParseDataProduct("fuzz.odps.yaml", text)
		if (p == nil) != HasErrors(findings) {
			t.Fatalf("a data product and errors, or neither: %v", findings)
		}
		if p == nil {
			return
		}
		again, lost := p.Encode("")
		read, findings := ParseDataProduct("fuzz.odps.yaml", again)
		if read == nil || len(lost) > 0 {
			t.Fatalf("%v %v in\n%s", lost, findings, again)
		}
		if was, is := canonical(t, p.Document()), canonical(t, read.Document()); was != is {
			t.Fatalf("%s\nis read as %s\nand was %s", again, is, was)
		}
	})
}
