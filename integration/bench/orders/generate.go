package orders

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Generator writes the records of a workload, from the first to the last.
type Generator struct {
	w        Workload
	schemaID int
	zipf     *rand.Zipf
	next     int
	pad      string
}

// NewGenerator starts a workload at its first record. schemaID goes into the frames.
func NewGenerator(w Workload, schemaID int) *Generator {
	return &Generator{w: w, schemaID: schemaID, zipf: customers(w.Seed)}
}

// Texts that never change: the payload of every good record is as long as that of every other.
const (
	note    = "leave it with a good neighbour!"
	started = 1_700_000_000_000 // milliseconds: the first order was placed then, each later one a millisecond after
)

// small leaves out what it can, for records of 100 bytes.
func (g *Generator) small() bool { return g.w.Size > 0 && g.w.Size < 208 }

// Next gives the next record: key and value are the caller's to keep.
func (g *Generator) Next() (key, value []byte) {
	i, class := g.next, g.w.Class(g.next)
	g.next++
	h := mix(g.w.Seed + uint64(i))
	customer := fmt.Sprintf("CG-%05d", g.zipf.Uint64())
	value = g.payload(make([]byte, 0, 5+max(208, g.w.Size)+8), i, h, class, customer)
	switch class {
	case BadTruncated:
		value = value[:len(value)/2]
	case BadFrame:
		value = fmt.Appendf(nil, `{"orderId":%q,"customerId":%q,"status":"paid"}`, OrderID(i), customer)
	}
	return []byte(customer), value
}

// payload writes the order in the wire format.
func (g *Generator) payload(b []byte, i int, h uint64, class Class, customer string) []byte {
	b = append(b, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(g.schemaID)) // the registry counts from 1
	id := OrderID(i)
	if class == BadPattern {
		id = strings.ToLower(id)
	}
	b = text(b, id)
	b = text(b, customer)
	status := int64(h % 3)
	if class == BadEnum {
		status = 3
	}
	b = number(b, status)
	b = text(b, [...]string{"EUR", "GBP", "USD"}[h>>8%3])
	cents := uint32(70_000 + h>>16%8_000_000) // three bytes with the sign
	if class == BadRange {
		cents = -cents & 0xffffff
	}
	b = append(number(b, 3), byte(cents>>16), byte(cents>>8), byte(cents))
	b = double(b, [...]float64{0, 0.05, 0.1, 0.15, 0.2, 0.25}[h>>4%6])
	b = number(b, started+int64(i))
	if class == BadNull {
		b = number(b, 0)
	} else {
		b = number(number(b, 1), 19_700)
	}
	b = text(b, "web")
	b = number(b, 1+int64(h>>5%5))
	b = append(b, byte(h>>9&1))
	lines := 3
	switch {
	case g.small():
		lines = 1
		b = number(b, 0)
		b = text(text(text(text(b, "Jef"), "Hen"), "42420"), "US")
	default:
		b = text(number(b, 1), note+g.padding())
		b = text(text(text(text(b, "Jefferson Street 14 B"), "Henderson"), "42420"), "US")
	}
	if class == BadEmpty {
		return number(b, 0)
	}
	b = number(b, int64(lines))
	for l := range lines {
		b = text(b, [...]string{"FUR-BO-10001798", "FUR-CH-10000454", "OFF-LA-10000240"}[l])
		quantity := 1 + int64(h>>(20+l)%9)
		if class == BadNested && l == lines/2 {
			quantity = 0
		}
		b = double(number(b, quantity), [...]float64{130.98, 243.98, 7.31}[l])
	}
	return number(b, 0)
}

// padding makes the note as long as the record's size asks.
func (g *Generator) padding() string {
	if missing := g.w.Size - 208; g.pad == "" && missing > 0 {
		g.pad = strings.Repeat("tide and time wait for no record; ", missing/34+1)[:missing]
	}
	return g.pad
}

// OrderID is record i's number as the contract writes it.
func OrderID(i int) string { return fmt.Sprintf("BM-%04d-%06d", i/1_000_000, i%1_000_000) }

// Number finds a record's number in a value, good or bad; false where it has none.
func Number(value []byte) (int, bool) {
	for at := 0; at+14 <= len(value) && at < 64; at++ {
		if id := value[at : at+14]; (id[0] == 'B' || id[0] == 'b') && id[1]|32 == 'm' && id[2] == '-' && id[7] == '-' {
			major, ok1 := digits(id[3:7])
			minor, ok2 := digits(id[8:])
			return major*1_000_000 + minor, ok1 && ok2
		}
	}
	return 0, false
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func number(b []byte, v int64) []byte { return binary.AppendVarint(b, v) }

func text(b []byte, s string) []byte { return append(number(b, int64(len(s))), s...) }

func double(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}
