package openslo

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// dnsLabel makes an RFC 1123 label: up to 63 lower-case letters, digits and dashes, none at an end. What had to be changed
// more than in case and punctuation, or was too long, ends in a hash, so that two names stay two.
func dnsLabel(name string) string {
	const most = 63
	var b strings.Builder
	exact := true
	for _, r := range splitCamel(name) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '-' || r == '.' || r == '_' || r == ' ' || r == ':' || r == '/':
			b.WriteByte('-')
		default:
			exact = false
			b.WriteByte('-')
		}
	}
	label := strings.Trim(b.String(), "-")
	if exact && label != "" && len(label) <= most {
		return label
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:4])
	label = strings.Trim(label[:min(len(label), most-len(hash)-1)], "-")
	return strings.TrimPrefix(label+"-"+hash, "-")
}

// splitCamel lowers capital letters, with a dash before those that begin a word: errorRate is error-rate.
func splitCamel(s string) string {
	var b strings.Builder
	small := false
	for _, r := range s {
		if 'A' <= r && r <= 'Z' {
			if small {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
			small = false
		} else {
			small = 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
		}
		b.WriteRune(r)
	}
	return b.String()
}
