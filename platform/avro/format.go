package avro

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// formats check text without allocating.
var formats = map[string]func([]byte) bool{
	"date":      isDate,
	"date-time": isDateTime,
	"time":      isTime,
	"email":     isEmail,
	"hostname":  isHostname,
	"ipv4":      func(b []byte) bool { return isAddress(b, false) },
	"ipv6":      func(b []byte) bool { return isAddress(b, true) },
	"uri":       isURI,
	"uuid":      isUUID,
}

// Formats are the names that a Format rule may have: date, date-time and time (RFC 3339), email (RFC 5321, without
// quotes and comments), hostname (RFC 1123), ipv4, ipv6, uri (RFC 3986), uuid (RFC 9562).
func Formats() []string {
	var names []string
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

type formatCheck func([]byte) bool

func (c formatCheck) holds(v *value) bool { return c(v.bytes) }

// always holds: the type itself guarantees the format.
type always struct{}

func (always) holds(*value) bool { return true }

func newFormat(r Rule, t *Schema) (check, error) {
	f := formats[r.Text]
	if f == nil {
		return nil, fmt.Errorf("there is no format %q; there are %s", r.Text, strings.Join(Formats(), ", "))
	}
	switch {
	case t.typ == TypeString:
		return formatCheck(f), nil
	case t.typ == TypeEnum:
		return symbolsThat(t, formatCheck(f)), nil
	case r.Text == "uuid" && t.logical == UUID, r.Text == "date" && t.logical == Date,
		r.Text == "date-time" && t.logical.isTimestamp(), r.Text == "time" && t.logical.isTimeOfDay():
		return always{}, nil
	}
	return nil, cannotCarry(r, t)
}

// isUUID: 8-4-4-4-12 hexadecimal digits, which are looked at eight at a time.
func isUUID(b []byte) bool {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	four := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(b[at:])) }
	eight := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	return areHex(eight(0)) && areHex(four(9)|four(14)<<32) && areHex(four(19)|four(24)<<32) && areHex(eight(28))
}

// areHex reports that eight bytes are hexadecimal digits.
func areHex(eight uint64) bool {
	digits, letters := spans{every8 * '0', every8 * '9'}, spans{every8 * 'a', every8 * 'f'}
	return (digits.within(eight)|letters.within(eight|every8*0x20))&^eight&highs == highs
}

// every8 times a byte is that byte eight times.
const every8 = 0x0101010101010101

func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isAlnum(c byte) bool { return isDigit(c) || isAlpha(c) }

// number reads digits only.
func number(b []byte) (n int, ok bool) {
	for _, c := range b {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(b) > 0
}

// isDate: YYYY-MM-DD, a day that exists.
func isDate(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	y, okY := number(b[:4])
	m, okM := number(b[5:7])
	d, okD := number(b[8:])
	return okY && okM && okD && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// isTime: hh:mm:ss, a fraction if need be, and Z or an offset. A leap second is allowed at the end of any minute.
func isTime(b []byte) bool {
	if len(b) < 9 || b[2] != ':' || b[5] != ':' {
		return false
	}
	h, okH := number(b[:2])
	m, okM := number(b[3:5])
	s, okS := number(b[6:8])
	if !okH || !okM || !okS || h > 23 || m > 59 || s > 60 {
		return false
	}
	b = b[8:]
	if b[0] == '.' {
		n := 1
		for n < len(b) && isDigit(b[n]) {
			n++
		}
		if n == 1 {
			return false
		}
		b = b[n:]
	}
	if len(b) == 1 {
		return b[0]|0x20 == 'z'
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return false
	}
	h, okH = number(b[1:3])
	m, okM = number(b[4:])
	return okH && okM && h <= 23 && m <= 59
}

func isDateTime(b []byte) bool {
	return len(b) > 11 && b[10]|0x20 == 't' && isDate(b[:10]) && isTime(b[11:])
}

// isHostname: labels of letters, digits and inner hyphens, at most 63 each and 253 in all; no dot at the end.
func isHostname(b []byte) bool {
	if len(b) == 0 || len(b) > 253 {
		return false
	}
	label := 0
	for i, c := range b {
		switch {
		case c == '.':
			if label == 0 || b[i-1] == '-' {
				return false
			}
			label = 0
			continue
		case c == '-' && label == 0, c != '-' && !isAlnum(c):
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0 && b[len(b)-1] != '-'
}

// isEmail: atoms with dots between, @, a hostname or an address in brackets.
func isEmail(b []byte) bool {
	at := bytes.LastIndexByte(b, '@')
	if at < 1 || at > 64 || len(b) > 254 {
		return false
	}
	local, domain := b[:at], b[at+1:]
	for i, c := range local {
		if c == '.' {
			if i == 0 || i == len(local)-1 || local[i-1] == '.' {
				return false
			}
			continue
		}
		if !isAlnum(c) && c < 0x80 && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) < 0 {
			return false
		}
	}
	if n := len(domain); n > 2 && domain[0] == '[' && domain[n-1] == ']' {
		inner := domain[1 : n-1]
		if v6, ok := bytes.CutPrefix(inner, []byte("IPv6:")); ok {
			return isAddress(v6, true)
		}
		return isAddress(inner, false)
	}
	return isHostname(domain)
}

func isAddress(b []byte, v6 bool) bool {
	if len(b) == 0 || len(b) > 45 || bytes.IndexByte(b, '%') >= 0 {
		return false
	}
	// The parser does not keep the string beyond an error that we drop, so it may share the payload's memory.
	a, err := netip.ParseAddr(unsafe.String(&b[0], len(b)))
	return err == nil && a.Is6() == v6
}

// isURI: a scheme, a colon, and only characters that RFC 3986 allows; brackets only around an address after //.
func isURI(b []byte) bool {
	colon := bytes.IndexByte(b, ':')
	if colon < 1 || !isAlpha(b[0]) {
		return false
	}
	for _, c := range b[:colon] {
		if !isAlnum(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	rest := b[colon+1:]
	if authority, ok := bytes.CutPrefix(rest, []byte("//")); ok {
		end := len(authority)
		if i := bytes.IndexAny(authority, "/?#"); i >= 0 {
			end = i
		}
		if !isAuthority(authority[:end]) {
			return false
		}
		rest = authority[end:]
	}
	fragment := false
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '%':
			if i+2 >= len(rest) || !isHex(rest[i+1]) || !isHex(rest[i+2]) {
				return false
			}
			i += 2
		case c == '#':
			if fragment {
				return false
			}
			fragment = true
		case !isURIChar(c) && c != '/' && c != '?' && c != '@' && c != ':':
			return false
		}
	}
	return true
}

// isURIChar: unreserved characters and sub-delimiters.
func isURIChar(c byte) bool {
	return isAlnum(c) || c < 0x80 && strings.IndexByte("-._~!$&'()*+,;=", c) >= 0
}

// isAuthority: user information, @, a host or an address in brackets, and a port.
func isAuthority(b []byte) bool {
	if at := bytes.LastIndexByte(b, '@'); at >= 0 {
		if !isEncoded(b[:at], true) {
			return false
		}
		b = b[at+1:]
	}
	if len(b) > 0 && b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		if end < 0 || !isAddress(b[1:end], true) {
			return false
		}
		b = b[end+1:]
		return len(b) == 0 || b[0] == ':' && (len(b) == 1 || isPort(b[1:]))
	}
	if i := bytes.LastIndexByte(b, ':'); i >= 0 {
		if i+1 < len(b) && !isPort(b[i+1:]) {
			return false
		}
		b = b[:i]
	}
	return isEncoded(b, false)
}

func isPort(b []byte) bool {
	_, ok := number(b)
	return ok
}

func isEncoded(b []byte, colon bool) bool {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '%':
			if i+2 >= len(b) || !isHex(b[i+1]) || !isHex(b[i+2]) {
				return false
			}
			i += 2
		case !isURIChar(c) && !(colon && c == ':'):
			return false
		}
	}
	return true
}
