package diff

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// version is a semantic version without what follows its three numbers.
type version [3]int

// parseVersion reads 1.2.3, v1.2.3, 1.2 and 1.2.3-rc.1; ok is false for anything else.
func parseVersion(text string) (v version, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "v"), "+")
	text, _, _ = strings.Cut(text, "-")
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}

// isUnstable tells whether a version promises nothing yet: 0.x.
func isUnstable(text string) bool {
	v, ok := parseVersion(text)
	return ok && v[0] == 0
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(v[2], w[2]))
}

// to is the bump that leads from v to w; None if w is not higher.
func (v version) to(w version) Bump {
	switch {
	case w.compare(v) <= 0:
		return None
	case w[0] > v[0]:
		return Major
	case w[1] > v[1]:
		return Minor
	}
	return Patch
}

// next is the lowest version that is a bump away from v.
func (v version) next(b Bump) version {
	switch b {
	case Major:
		return version{v[0] + 1}
	case Minor:
		return version{v[0], v[1] + 1}
	case Patch:
		return version{v[0], v[1], v[2] + 1}
	}
	return v
}
