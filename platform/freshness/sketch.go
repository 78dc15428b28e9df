package freshness

import (
	"fmt"
	"math"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/pb/sketchpb"
	"github.com/DataDog/sketches-go/ddsketch/store"
	"google.golang.org/protobuf/proto"
)

const (
	accuracy = 0.01
	// What a sketch tells apart, in seconds. Below shortest is zero, above longest is longest: so a sketch has
	// at most some 1,750 bins, whatever it is fed or sent.
	shortest = 1e-6
	longest  = 1e9
	// maxBytes bounds a sketch that is read: all bins, in the larger of the two encodings.
	maxBytes = 64 << 10
)

// Sketch counts latencies in seconds so that quantiles can be told to 1 % and sketches of several instances
// can be merged (a DDSketch, https://arxiv.org/abs/1908.10693). The zero value is empty and ready. It is not
// safe for concurrent use.
type Sketch struct {
	dd *ddsketch.DDSketch
}

// Add counts one latency. Negative ones count as zero (clocks differ), NaN is ignored. It allocates only while
// the range of what it has seen grows.
func (s *Sketch) Add(seconds float64) { s.AddMany(seconds, 1) }

// AddMany counts n equal latencies, as Add does one.
func (s *Sketch) AddMany(seconds float64, n int) {
	if math.IsNaN(seconds) || n <= 0 {
		return
	}
	s.ensure()
	if seconds < shortest {
		seconds = 0
	}
	// Within the bounds, the library has no error to give.
	_ = s.dd.AddWithCount(min(seconds, longest), float64(n))
}

func (s *Sketch) ensure() {
	if s.dd != nil {
		return
	}
	m, err := mapping.NewLogarithmicMapping(accuracy)
	if err != nil {
		panic(err) // the accuracy is a constant between 0 and 1
	}
	s.dd = ddsketch.NewDDSketch(m, store.NewDenseStore(), store.NewDenseStore())
}

// Count is how many latencies were added.
func (s *Sketch) Count() int64 {
	if s.dd == nil {
		return 0
	}
	return int64(s.dd.GetCount())
}

// Quantile is the latency in seconds that the share q (0 to 1) of all stayed below; false while empty.
func (s *Sketch) Quantile(q float64) (float64, bool) {
	if s.dd == nil || q < 0 || q > 1 {
		return 0, false
	}
	v, err := s.dd.GetValueAtQuantile(q)
	return v, err == nil
}

// Within is how many of the latencies that were added are at most so many seconds, beyond the sketch's own error: one
// that may be is.
func (s *Sketch) Within(seconds float64) int64 {
	if s.dd == nil || !(seconds >= 0) {
		return 0
	}
	n := s.dd.GetZeroCount()
	s.dd.GetPositiveValueStore().ForEach(func(index int, count float64) bool {
		if s.dd.LowerBound(index) <= seconds {
			n += count
		}
		return false
	})
	return int64(n)
}

// Reset empties the sketch and keeps its memory.
func (s *Sketch) Reset() {
	if s.dd != nil {
		s.dd.Clear()
	}
}

// Bytes is the sketch as event.Freshness carries it: the DDSketch protobuf message, empty while nothing was
// added. The bins are written in whichever of the message's two ways is the shorter. Equal sketches give equal
// bytes.
func (s *Sketch) Bytes() []byte {
	if s.Count() == 0 {
		return nil
	}
	message := s.dd.ToProto()
	message.NegativeValues = nil // there are none
	message.PositiveValues = shorter(s.dd.GetPositiveValueStore())
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil // a message of numbers only always marshals
	}
	return b
}

// A contiguous bin takes 8 bytes, one in the map about 15.
const mapEntryFactor = 2

func shorter(bins store.Store) *sketchpb.Store {
	if bins.IsEmpty() {
		return nil
	}
	first, _ := bins.MinIndex()
	last, _ := bins.MaxIndex()
	used := map[int32]float64{}
	bins.ForEach(func(index int, count float64) bool {
		used[int32(index)] = count
		return false
	})
	if width := last - first + 1; len(used)*mapEntryFactor > width {
		counts := make([]float64, width)
		for index, count := range used {
			counts[int(index)-first] = count
		}
		return &sketchpb.Store{ContiguousBinCounts: counts, ContiguousBinIndexOffset: int32(first)}
	}
	return &sketchpb.Store{BinCounts: used}
}

// Merge adds what another sketch's Bytes say. Bytes that are no such sketch, or one of another accuracy, are an
// error and change nothing; so are bins beyond what a latency can be, since they would cost memory.
func (s *Sketch) Merge(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) > maxBytes {
		return fmt.Errorf("latency sketch: %d bytes, at most %d", len(b), maxBytes)
	}
	s.ensure()
	m, err := readMessage(b)
	if err != nil {
		return fmt.Errorf("latency sketch: %w", err)
	}
	if theirs, err := mapping.NewLogarithmicMappingWithGamma(m.gamma, m.indexOffset); err != nil || !s.dd.IndexMapping.Equals(theirs) {
		return fmt.Errorf("latency sketch: another way to count than the one with a relative accuracy of %g", accuracy)
	}
	low, high := s.dd.Index(shortest), s.dd.Index(longest)
	if err := m.check(low, high); err != nil {
		return fmt.Errorf("latency sketch: %w", err)
	}
	bins := s.dd.GetPositiveValueStore()
	m.each(func(index int, count float64) bool {
		bins.AddWithCount(index, count)
		return true
	})
	_ = s.dd.AddWithCount(0, m.zeros) // the count was checked
	return nil
}
