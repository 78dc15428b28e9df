package contract

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// standard is a document format with its versions.
type standard struct {
	name     string // as messages call it
	kind     string // the document's kind
	versions []string
	current  string // what a document without a version is judged by
}

// odcsStandard is the Open Data Contract Standard. 3.0.x is read as 3.1.0, which only closes its objects and
// adds to it.
func odcsStandard() standard {
	return standard{
		name: "ODCS", kind: "DataContract",
		versions: []string{"v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"},
		current:  "v3.1.0",
	}
}

// odpsStandard is Bitol's Open Data Product Standard. v0.9.0 is what the official examples of 1.0.0 say.
func odpsStandard() standard {
	return standard{
		name: "ODPS", kind: "DataProduct",
		versions: []string{"v0.9.0", "v1.0.0", "v1.1.0"},
		current:  "v1.1.0",
	}
}

// Versions by number, for the fields that came or changed with them.
const (
	odcs310 = 310
	odcs320 = 320
	odps110 = 110
)

// version is the document's version for the decoder; ok is false where the standard has no such version.
func (s standard) version(name string) (v strict.Version, ok bool) {
	for _, known := range s.versions {
		if known == name {
			return strict.Version{Number: versionNumber(name), Name: s.name + " " + name, NameOf: s.versionName}, true
		}
	}
	return strict.Version{}, false
}

// versionNumber is 310 of v3.1.0.
func versionNumber(name string) int {
	n := 0
	for _, part := range strings.Split(strings.TrimPrefix(name, "v"), ".") {
		n = n*10 + int(part[0]-'0')
	}
	return n
}

// versionName is ODCS v3.2.0 of 320; "" if the standard has no such version.
func (s standard) versionName(number int) string {
	for _, known := range s.versions {
		if versionNumber(known) == number {
			return s.name + " " + known
		}
	}
	return ""
}

// versionName is the name of a version of ODCS.
func versionName(number int) string { return odcsStandard().versionName(number) }
