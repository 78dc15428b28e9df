package policy_test
import ("testing";"fmt";"time";"runtime"
 "github.com/tidemark-mesh/tidemark/platform/policy"
 "github.com/tidemark-mesh/tidemark/platform/format/dcs"
)
func TestZMin(t *testing.T) {
	bundle := load(t, shipped()).WithTimeout(time.Minute)
	c := wide(t, 1, 200)
	for _, in := range []policy.Input{{Contract: c, Environment: "production", Now: now()}, {Contract: c, Previous: c, Environment: "production", Now: now()}} {
	var all []time.Duration
	for range 100 { t0 := time.Now(); bundle.Judge(t.Context(), in); all = append(all, time.Since(t0)) }
	m := all[0]; for _, a := range all { m = min(m, a) }
	fmt.Println("judge min", m)
	}
	m := time.Hour
	for range 100 { t0 := time.Now(); c.Document(); m = min(m, time.Since(t0)) }
	fmt.Println("document min", m)
	m = time.Hour
	for range 100 { t0 := time.Now(); dcs.Plain(c, nil); m = min(m, time.Since(t0)) }
	fmt.Println("plain min", m)
	var ms runtime.MemStats; runtime.GC(); runtime.ReadMemStats(&ms); fmt.Println("heap", ms.HeapAlloc>>20, "MB")
	t0 := time.Now(); for range 10 { runtime.GC() }; fmt.Println("gc", time.Since(t0)/10)
}
