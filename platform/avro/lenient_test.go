package avro

import (
	"math/big"
	"unicode/utf8"
)

// The classes of payloads that the walker refuses though others read them. Its rules are another, which the others do not know.
const (
	overlong   = "an integer that is not in its shortest form"
	notUTF8    = "a text that is not UTF-8"
	notBoolean = "a boolean that is neither 0 nor 1"
	blockSize  = "a block that does not have the size that it says"
	trailing   = "bytes behind the value"
	outOfRange = "a decimal, uuid or time of day that its logical type does not have"
	beyond     = "more depth or items than the limits allow"
)

// lenient reads a payload as a reader would that trusts it, and notes what of it is in one of the classes. It shares no code with
// the walker.
type lenient struct {
	b     []byte
	at    int
	depth int // of arrays, maps and records within themselves
	empty int // items that have no bytes
	found map[string]bool
}

// lenientClasses are the classes that a payload is in; ok is false where it cannot be read at all.
func lenientClasses(s *Schema, payload []byte) (found map[string]bool, ok bool) {
	r := &lenient{b: payload, found: map[string]bool{}}
	ok = r.value(s)
	if ok && r.at < len(payload) {
		r.found[trailing] = true
	}
	return r.found, ok
}

func (r *lenient) value(s *Schema) bool {
	switch s.typ {
	case TypeNull:
		return true
	case TypeBoolean:
		b, ok := r.take(1)
		if ok && b[0] > 1 {
			r.found[notBoolean] = true
		}
		return ok
	case TypeInt, TypeLong:
		n, ok := r.long()
		switch {
		case s.typ == TypeInt && n != int64(int32(n)):
			return false
		case s.logical == TimeMillis && (n < 0 || n >= 86_400_000), s.logical == TimeMicros && (n < 0 || n >= 86_400_000_000):
			r.found[outOfRange] = true
		}
		return ok
	case TypeFloat:
		_, ok := r.take(4)
		return ok
	case TypeDouble:
		_, ok := r.take(8)
		return ok
	case TypeFixed:
		b, ok := r.take(int64(s.size))
		r.decimal(s, b)
		return ok
	case TypeBytes, TypeString:
		n, ok := r.long()
		b, all := r.take(n)
		r.decimal(s, b)
		if s.typ == TypeString && !utf8.Valid(b) {
			r.found[notUTF8] = true
		}
		if s.logical == UUID && !looksLikeUUID(string(b)) {
			r.found[outOfRange] = true
		}
		return ok && all
	case TypeEnum:
		n, ok := r.long()
		return ok && n >= 0 && n < int64(len(s.symbols))
	case TypeUnion:
		n, ok := r.long()
		return ok && n >= 0 && n < int64(len(s.branches)) && r.value(s.branches[n])
	case TypeRecord:
		r.enter()
		defer r.leave()
		for i := range s.fields {
			if !r.value(s.fields[i].typ) {
				return false
			}
		}
		return true
	}
	r.enter()
	defer r.leave()
	return r.blocks(s)
}

func (r *lenient) enter() {
	if r.depth++; r.depth > 64 {
		r.found[beyond] = true
	}
}

func (r *lenient) leave() { r.depth-- }

func (r *lenient) blocks(s *Schema) bool {
	for {
		n, ok := r.long()
		if !ok || n == 0 {
			return ok
		}
		said, size := n < 0, int64(0)
		if said {
			n = -n
			if size, ok = r.long(); !ok {
				return false
			}
		}
		from := r.at
		for range n {
			before := r.at
			if s.typ == TypeMap && !r.value(&Schema{typ: TypeString}) || !r.value(s.elem) {
				return false
			}
			if r.at == before {
				if r.empty++; r.empty > maxEmptyItems {
					r.found[beyond] = true
					return true // the others count to a billion and more
				}
			}
		}
		if said && int64(r.at-from) != size {
			r.found[blockSize] = true
		}
	}
}

func (r *lenient) long() (int64, bool) {
	var u uint64
	for i := range 10 {
		b, ok := r.take(1)
		if !ok || i == 9 && b[0] > 1 {
			return 0, false
		}
		u |= uint64(b[0]&0x7f) << (7 * i)
		if b[0] < 0x80 {
			if i > 0 && b[0] == 0 {
				r.found[overlong] = true
			}
			return int64(u>>1) ^ -int64(u&1), true
		}
	}
	return 0, false
}

func (r *lenient) take(n int64) ([]byte, bool) {
	if n < 0 || n > int64(len(r.b)-r.at) {
		return nil, false
	}
	b := r.b[r.at : r.at+int(n)]
	r.at += int(n)
	return b, true
}

func (r *lenient) decimal(s *Schema, b []byte) {
	if s.logical != Decimal || len(b) == 0 {
		return
	}
	n := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s.precision)), nil); n.CmpAbs(limit) >= 0 {
		r.found[outOfRange] = true
	}
}

func looksLikeUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if hyphen != (c == '-') || !hyphen && !hex {
			return false
		}
	}
	return true
}
