package freshness

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a DDSketch protobuf message, read in place: a platform reads thousands of them for one page, and the
// library would build a sketch of each before anybody could look at how large it is.
//
//	message DDSketch     { IndexMapping mapping = 1; Store positiveValues = 2; Store negativeValues = 3; double zeroCount = 4; }
//	message IndexMapping { double gamma = 1; double indexOffset = 2; Interpolation interpolation = 3; }
//	message Store        { map<sint32, double> binCounts = 1; repeated double contiguousBinCounts = 2; sint32 contiguousBinIndexOffset = 3; }
type message struct {
	gamma, indexOffset float64
	zeros              float64
	store              []byte // the positive values, whole
	counts             []byte // contiguous bins, 8 bytes each
	first              int    // index of the first of them
}

var errForm = errors.New("not a DDSketch message")

// readMessage reads what can stand only once. Bins stay where they are, see each.
func readMessage(b []byte) (message, error) {
	var m message
	hasMapping := false
	err := eachField(b, func(field protowire.Number, kind protowire.Type, v []byte) error {
		switch {
		case field == 1 && kind == protowire.BytesType && !hasMapping:
			hasMapping = true
			return m.readMapping(v)
		case field == 2 && kind == protowire.BytesType && m.store == nil:
			m.store = v
			return m.readStore(v)
		case field == 3 && kind == protowire.BytesType:
			if len(v) > 0 {
				return errors.New("negative latencies")
			}
			return nil
		case field == 4 && kind == protowire.Fixed64Type:
			m.zeros = double(v)
			return nil
		}
		return errForm
	})
	if err == nil && !hasMapping {
		err = errors.New("no mapping")
	}
	return m, err
}

func (m *message) readMapping(b []byte) error {
	return eachField(b, func(field protowire.Number, kind protowire.Type, v []byte) error {
		switch {
		case field == 1 && kind == protowire.Fixed64Type:
			m.gamma = double(v)
		case field == 2 && kind == protowire.Fixed64Type:
			m.indexOffset = double(v)
		case field == 3 && kind == protowire.VarintType:
			if n, _ := protowire.ConsumeVarint(v); n != 0 {
				return errors.New("interpolated bins")
			}
		default:
			return errForm
		}
		return nil
	})
}

func (m *message) readStore(b []byte) error {
	return eachField(b, func(field protowire.Number, kind protowire.Type, v []byte) error {
		switch {
		case field == 1 && kind == protowire.BytesType:
			_, _, err := readBin(v)
			return err
		case field == 2 && kind == protowire.BytesType && m.counts == nil && len(v)%8 == 0:
			m.counts = v
		case field == 3 && kind == protowire.VarintType:
			m.first = sint32(v)
		default:
			return errForm
		}
		return nil
	})
}

// readBin reads an entry of binCounts.
func readBin(b []byte) (index int, count float64, err error) {
	err = eachField(b, func(field protowire.Number, kind protowire.Type, v []byte) error {
		switch {
		case field == 1 && kind == protowire.VarintType:
			index = sint32(v)
		case field == 2 && kind == protowire.Fixed64Type:
			count = double(v)
		default:
			return errForm
		}
		return nil
	})
	return index, count, err
}

// each calls f for every bin, until it is false. A bin that binCounts has twice, which no writer makes, comes twice.
func (m *message) each(f func(index int, count float64) bool) {
	for i := 0; i+8 <= len(m.counts); i += 8 {
		if !f(m.first+i/8, double(m.counts[i:])) {
			return
		}
	}
	stop := errors.New("stop")
	_ = eachField(m.store, func(field protowire.Number, _ protowire.Type, v []byte) error {
		if field != 1 {
			return nil
		}
		if index, count, _ := readBin(v); !f(index, count) {
			return stop
		}
		return nil
	})
}

// check holds a message against what Add can have produced.
func (m *message) check(low, high int) (err error) {
	if !isCount(m.zeros) {
		return errors.New("a count is not a number of things")
	}
	m.each(func(index int, count float64) bool {
		switch {
		case !isCount(count):
			err = errors.New("a count is not a number of things")
		case index < low || index > high:
			err = fmt.Errorf("bin %d is outside %d to %d", index, low, high)
		}
		return err == nil
	})
	return err
}

// isCount refuses NaN and infinity too; above 2^53 sums would not be exact.
func isCount(c float64) bool { return c >= 0 && c <= 1<<53 && c == math.Trunc(c) }

// eachField gives every field's value: its bytes as they stand, without the length in front.
func eachField(b []byte, f func(field protowire.Number, kind protowire.Type, value []byte) error) error {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errForm
		}
		b = b[n:]
		value, n := b, protowire.ConsumeFieldValue(field, kind, b)
		if n < 0 {
			return errForm
		}
		value, b = value[:n], b[n:]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		if err := f(field, kind, value); err != nil {
			return err
		}
	}
	return nil
}

func double(b []byte) float64 {
	bits, _ := protowire.ConsumeFixed64(b)
	return math.Float64frombits(bits)
}

func sint32(b []byte) int {
	v, _ := protowire.ConsumeVarint(b)
	return int(int32(protowire.DecodeZigZag(v & math.MaxUint32)))
}
