package dcs
import ("testing";"os"
 "github.com/tidemark-mesh/tidemark/platform/contract"
)
func BenchmarkZPlain(b *testing.B) {
	raw, err := os.ReadFile("/tmp/w/wide.yaml"); if err != nil { b.Skip() }
	c, f := contract.ParseContract("x", raw); if c == nil { b.Fatal(f) }
	b.ReportAllocs()
	for b.Loop() { Plain(c, nil) }
}
