package quality

import (
	"encoding/binary"
	"fmt"

	"github.com/axiomhq/hyperloglog"
)

const (
	// exactMost is up to how many different values a window's duplicates are counted exactly.
	exactMost = 1 << 16
	// precision of the sketch: 2^12 registers, 4 KiB.
	precision = 12
	// sketchError is three times the sketch's standard error, 1.04/sqrt(2^12).
	sketchError = 0.049
)

// distinct counts different values: exactly while they are few, then by a HyperLogLog. Adding a value twice is adding it
// once, so a round that is undone and done again changes nothing.
type distinct struct {
	exact  map[Key]struct{} // nil once there were too many
	sketch *hyperloglog.Sketch
}

func newDistinct() (*distinct, error) {
	sketch, err := newSketch()
	return &distinct{map[Key]struct{}{}, sketch}, err
}

func newSketch() (*hyperloglog.Sketch, error) {
	sketch, err := hyperloglog.NewSketch(precision, true)
	if err != nil {
		return nil, fmt.Errorf("a sketch of distinct values: %w", err)
	}
	return sketch, nil
}

func (d *distinct) add(k Key) {
	d.sketch.InsertHash(binary.BigEndian.Uint64(k[:])) // the key is a hash already
	if d.exact == nil {
		return
	}
	if d.exact[k] = struct{}{}; len(d.exact) > exactMost {
		d.exact = nil
	}
}

// duplicates is how many of seen values were there before; where only the sketch knows, as many as there are for
// certain, so that its error never breaks a rule.
func (d *distinct) duplicates(seen int64) int64 {
	if d.exact != nil {
		return max(0, seen-int64(len(d.exact)))
	}
	return certain(seen, d.sketch)
}

func certain(seen int64, sketch *hyperloglog.Sketch) int64 {
	return max(0, seen-int64(float64(sketch.Estimate())*(1+sketchError)))
}
