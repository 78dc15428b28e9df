package freshness_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/pb/sketchpb"

	"github.com/tidemark-mesh/tidemark/platform/freshness"
)

func lognormal(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Exp(r.NormFloat64()*2 - 3) // most between a millisecond and seconds
	}
	return values
}

func TestQuantilesAreWithinOnePercent(t *testing.T) {
	values := lognormal(1, 20_000)
	var s freshness.Sketch
	for _, v := range values {
		s.Add(v)
	}
	slices.Sort(values)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := values[int(q*float64(len(values)-1))]
		got, ok := s.Quantile(q)
		if !ok || math.Abs(got-want) > 0.0101*want {
			t.Errorf("quantile %g: %g, want %g", q, got, want)
		}
	}
	if s.Count() != int64(len(values)) {
		t.Errorf("count %d", s.Count())
	}
}

// TestMerge: parts that were sent and merged say what one sketch of everything says.
func TestMerge(t *testing.T) {
	var whole, merged freshness.Sketch
	for part := range uint64(5) {
		var s freshness.Sketch
		for _, v := range lognormal(part, 500) {
			s.Add(v)
			whole.Add(v)
		}
		s.Add(0)
		whole.Add(0)
		if err := merged.Merge(s.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(whole.Bytes(), merged.Bytes()) {
		t.Error("the merged sketch differs from the whole one")
	}
}

func TestEdges(t *testing.T) {
	var s freshness.Sketch
	if s.Bytes() != nil || s.Count() != 0 {
		t.Error("an empty sketch has no bytes")
	}
	if _, ok := s.Quantile(0.5); ok {
		t.Error("an empty sketch has no quantiles")
	}
	if err := s.Merge(nil); err != nil || s.Count() != 0 {
		t.Errorf("merging nothing: %v", err)
	}
	for _, v := range []float64{-1, 0, 1e-9, math.Inf(-1), math.NaN(), math.Inf(1), 1e300} {
		s.Add(v)
	}
	if s.Count() != 6 { // all but NaN
		t.Errorf("count %d", s.Count())
	}
	if low, _ := s.Quantile(0); low != 0 {
		t.Errorf("lowest %g", low)
	}
	if high, _ := s.Quantile(1); high > 1.02e9 {
		t.Errorf("highest %g", high)
	}
	var again freshness.Sketch
	if err := again.Merge(s.Bytes()); err != nil || again.Count() != 6 {
		t.Errorf("the edges do not travel: %v, count %d", err, again.Count())
	}
	if _, ok := s.Quantile(1.5); ok {
		t.Error("a quantile above 1")
	}
	s.Reset()
	if s.Count() != 0 {
		t.Error("reset keeps counts")
	}
}

// TestBytesAreTheLibrarysMessage: whoever reads the topic with DataDog's own library understands it.
func TestBytesAreTheLibrarysMessage(t *testing.T) {
	var s freshness.Sketch
	s.Add(0.25)
	s.Add(40)
	var message sketchpb.DDSketch
	if err := proto.Unmarshal(s.Bytes(), &message); err != nil {
		t.Fatal(err)
	}
	theirs, err := ddsketch.FromProto(&message)
	if err != nil {
		t.Fatal(err)
	}
	if got := theirs.RelativeAccuracy(); math.Abs(got-0.01) > 1e-9 {
		t.Errorf("accuracy %g", got)
	}
	if v, err := theirs.GetValueAtQuantile(1); err != nil || math.Abs(v-40) > 0.4 {
		t.Errorf("highest %g, %v", v, err)
	}
}

// TestMergeOfZerosOnly: a message may have no bins at all.
func TestMergeOfZerosOnly(t *testing.T) {
	var s, zeros freshness.Sketch
	zeros.Add(0)
	zeros.Add(-1)
	if err := s.Merge(zeros.Bytes()); err != nil || s.Count() != 2 {
		t.Errorf("count %d, %v", s.Count(), err)
	}
}

// TestMergeRefusesWhatIsNoLatency: control records come from anybody.
func TestMergeRefusesWhatIsNoLatency(t *testing.T) {
	var good freshness.Sketch
	good.Add(1)
	change := func(f func(*sketchpb.DDSketch)) []byte {
		var m sketchpb.DDSketch
		if err := proto.Unmarshal(good.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		f(&m)
		b, err := proto.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, b := range map[string][]byte{
		"no message":        []byte("latency"),
		"too long":          make([]byte, 1<<20),
		"no mapping":        change(func(m *sketchpb.DDSketch) { m.Mapping = nil }),
		"another accuracy":  change(func(m *sketchpb.DDSketch) { m.Mapping.Gamma = 1.5 }),
		"no accuracy":       change(func(m *sketchpb.DDSketch) { m.Mapping.Gamma = 0 }),
		"interpolated":      change(func(m *sketchpb.DDSketch) { m.Mapping.Interpolation = sketchpb.IndexMapping_CUBIC }),
		"negative values":   change(func(m *sketchpb.DDSketch) { m.NegativeValues = m.PositiveValues }),
		"negative count":    change(func(m *sketchpb.DDSketch) { m.ZeroCount = -1 }),
		"half a count":      change(func(m *sketchpb.DDSketch) { m.ZeroCount = 0.5 }),
		"count without end": change(func(m *sketchpb.DDSketch) { m.ZeroCount = math.Inf(1) }),
		"huge bin": change(func(m *sketchpb.DDSketch) {
			m.PositiveValues = &sketchpb.Store{BinCounts: map[int32]float64{math.MaxInt32: 1}}
		}),
		"huge offset": change(func(m *sketchpb.DDSketch) {
			m.PositiveValues = &sketchpb.Store{ContiguousBinCounts: []float64{1}, ContiguousBinIndexOffset: math.MinInt32}
		}),
		"count that is no number": change(func(m *sketchpb.DDSketch) {
			m.PositiveValues = &sketchpb.Store{ContiguousBinCounts: []float64{math.NaN()}}
		}),
	} {
		s := freshness.Sketch{}
		s.Add(2)
		before := s.Bytes()
		if err := s.Merge(b); err == nil {
			t.Errorf("%s: merged", name)
		}
		if !bytes.Equal(before, s.Bytes()) {
			t.Errorf("%s: an error changed the sketch", name)
		}
	}
}

func FuzzMerge(f *testing.F) {
	var s freshness.Sketch
	for _, v := range lognormal(3, 100) {
		s.Add(v)
	}
	f.Add(s.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s freshness.Sketch
		if err := s.Merge(b); err != nil {
			return
		}
		var again freshness.Sketch
		if err := again.Merge(s.Bytes()); err != nil {
			t.Errorf("what was merged cannot be sent: %v", err)
		}
		if len(b) == 0 {
			return
		}
		// Whatever is read is what the library reads.
		var message sketchpb.DDSketch
		if err := proto.Unmarshal(b, &message); err != nil {
			t.Fatalf("protobuf refuses it: %v", err)
		}
		theirs, err := ddsketch.FromProto(&message)
		if err != nil {
			t.Fatalf("the library refuses it: %v", err)
		}
		if ours := s.Count(); ours < int64(theirs.GetCount()) { // the library takes the last of a bin that is there twice
			t.Errorf("count %d, the library's %g", ours, theirs.GetCount())
		}
	})
}

func TestAddDoesNotAllocate(t *testing.T) {
	var s freshness.Sketch
	values := lognormal(2, 5000)
	for _, v := range values {
		s.Add(v)
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() { s.Add(values[i%len(values)]); i++ }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkAdd(b *testing.B) {
	var s freshness.Sketch
	values := lognormal(1, 1024)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Add(values[i%len(values)])
	}
}

func BenchmarkMerge(b *testing.B) {
	var s freshness.Sketch
	for _, v := range lognormal(1, 5000) {
		s.Add(v)
	}
	sent := s.Bytes()
	b.ReportMetric(float64(len(sent)), "bytes")
	b.ReportAllocs()
	for b.Loop() {
		var all freshness.Sketch
		if err := all.Merge(sent); err != nil {
			b.Fatal(err)
		}
	}
}

// Within counts what is at most so long, beyond the sketch's own error.
func TestSketchWithin(t *testing.T) {
	var s freshness.Sketch
	if s.Within(1) != 0 {
		t.Error("an empty sketch counts")
	}
	for _, seconds := range []float64{0, 0.5, 1, 30, 31, 1e12} {
		s.Add(seconds)
	}
	for seconds, want := range map[float64]int64{-1: 0, 0: 1, 0.4: 1, 0.5: 2, 1: 3, 29: 3, 30: 4, 32: 5, math.Inf(1): 6} {
		if got := s.Within(seconds); got != want {
			t.Errorf("%d within %g s, want %d", got, seconds, want)
		}
	}
	if s.Within(math.NaN()) != 0 {
		t.Error("no number counts")
	}
}
