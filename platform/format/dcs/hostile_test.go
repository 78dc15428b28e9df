package dcs_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

func itoa(n int) string { return strconv.Itoa(n) }

func many(n int, one func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(one(i))
	}
	return b.String()
}

func refs(n int) string {
	return many(n, func(i int) string { return "f" + itoa(i) + ": {$ref: '#/definitions/d'}," })
}

// Hostile files end in findings, soon.
func TestHostile(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c, findings := dcs.Import("hostile.yaml", []byte(text))
			if (c == nil) != contract.HasErrors(findings) || len(findings) > 250 {
				t.Errorf("%d findings, contract %v", len(findings), c != nil)
			}
			_, plain := dcs.PlainOf("hostile.yaml", []byte(text))
			if len(plain) > 250 {
				t.Errorf("%d findings", len(plain))
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			t.Log(time.Since(start), len(findings), c != nil)
			for _, f := range findings[:min(3, len(findings))] {
				t.Log(f)
			}
		})
	}
}
