package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// snapshot keeps schemas by id in a folder, one file each. It is asked only while the registry does not answer: another
// registry at the same address may give the same ids to other schemas.
type snapshot struct {
	folder   string // "" keeps nothing
	registry string // its first address, since ids are one registry's
}

func (s snapshot) file(id int) string {
	at := sha256.Sum256([]byte(s.registry))
	return filepath.Join(s.folder, fmt.Sprintf("%s-%d.avsc", hex.EncodeToString(at[:6]), id))
}

// read gives a schema that was kept; nil where there is none that can be read.
func (s snapshot) read(id int) *avro.Schema {
	if s.folder == "" {
		return nil
	}
	text, err := os.ReadFile(s.file(id))
	if err != nil {
		return nil
	}
	schema, err := avro.Parse(text)
	if err != nil {
		return nil
	}
	return schema
}

// write keeps a schema, whole or not at all.
func (s snapshot) write(id int, schema *avro.Schema) error {
	if s.folder == "" {
		return nil
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.folder, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(schema.String())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), s.file(id))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it may be there no more
	}
	return err
}
