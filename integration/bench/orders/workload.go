package orders

import (
	"fmt"
	"math/rand/v2"
)

// Workload says what is written to an input topic.
type Workload struct {
	Records    int     `json:"records"`
	Partitions int     `json:"partitions"`
	Bad        float64 `json:"bad"`  // share of bad records, 0 to 1, spread evenly over the eight classes
	Size       int     `json:"size"` // bytes of a good record's payload; 0 is the reference order's 208
	Seed       uint64  `json:"seed"`
}

// Customers is how many keys there are; the most frequent one has about a tenth of the records.
const Customers = 10_000

// String names the workload as a topic name can hold it.
func (w Workload) String() string {
	return fmt.Sprintf("n%dp%db%ds%d", w.Records, w.Partitions, int(w.Bad*1000), w.Size)
}

// Class is how a record is bad.
type Class int

// The classes. A contender that decodes a record and holds it against the contract can find each of them.
const (
	Good         Class = iota
	BadPattern         // orderId in lower case
	BadRange           // a total below zero
	BadEnum            // a status that the schema knows and the contract does not allow
	BadNull            // no dueOn, which the contract requires
	BadEmpty           // no lines
	BadNested          // a quantity of 0 in the second line
	BadTruncated       // the payload ends in the middle
	BadFrame           // not in the wire format: text
	classes
)

// String is the class as reports name it.
func (c Class) String() string {
	return [...]string{"good", "pattern", "range", "enum", "null", "empty", "nested", "truncated", "frame"}[c]
}

// Class tells how record i is bad.
func (w Workload) Class(i int) Class {
	h := mix(w.Seed ^ uint64(i))
	if float64(h>>11)/(1<<53) >= w.Bad {
		return Good
	}
	return Class(1 + mix(h)%uint64(classes-1))
}

// BadRecords counts the bad ones.
func (w Workload) BadRecords() (n int) {
	for i := range w.Records {
		if w.Class(i) != Good {
			n++
		}
	}
	return n
}

// mix is splitmix64's finisher: neighbours give unrelated numbers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// customers gives skewed customer numbers.
func customers(seed uint64) *rand.Zipf {
	return rand.NewZipf(rand.New(rand.NewPCG(seed, 7)), 1.1, 4, Customers-1)
}
