package quality

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Key stands for the values of some fields: the first 16 bytes of their SHA-256. Two different values have one key
// with a chance of 2^-128; among a thousand million values that any two do, of 10^-21. Nobody can prepare values that
// collide. It is the same in every process, so sketches of it can be merged.
type Key [16]byte

// Hasher makes keys. It belongs to one goroutine.
type Hasher struct{ buf []byte }

// Key takes the captured values together; false where one of them is null. A number is the same whatever type it
// was written as.
func (h *Hasher) Key(n *avro.Notes, captures []int) (Key, bool) {
	h.buf = h.buf[:0]
	for _, c := range captures {
		if b, ok := n.Bytes(c); ok {
			// With its length, so that a value cannot reach into the next field's.
			h.buf = binary.AppendUvarint(append(h.buf, 'b'), uint64(len(b)))
			h.buf = append(h.buf, b...)
		} else if v, ok := n.Long(c); ok {
			h.buf = binary.AppendVarint(append(h.buf, 'l'), v)
		} else {
			return Key{}, false
		}
	}
	sum := sha256.Sum256(h.buf)
	return Key(sum[:16]), true
}
