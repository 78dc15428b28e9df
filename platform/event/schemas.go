package event

import (
	"embed"
	"io/fs"
)

//go:generate sh -c "cp ../../contracts/platform/mesh/*.avsc schemas/platform/mesh/"

//go:embed schemas/platform/mesh/*.avsc
var schemas embed.FS

// Schemas has the control topics' schemas, platform/mesh/*.avsc, for a mesh whose own contracts do not hold them. They
// are copies of those in contracts/platform/mesh.
func Schemas() fs.FS {
	sub, err := fs.Sub(schemas, "schemas")
	if err != nil {
		return schemas // the name is a valid one, so this does not happen
	}
	return sub
}
