package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// maxKept bounds the files of a snapshot: a registry with more schemas than that is not a cache's to copy.
const maxKept = 10_000

// snapshot keeps what the registry said in a folder, one file each: a schema by its id, and a note on a subject. It is
// asked only while the registry does not answer: another registry at the same address may give the same ids to other
// schemas. A file that is not what was written there counts as none.
type snapshot struct {
	folder   string // "" keeps nothing
	registry string // its first address, since ids are one registry's
}

// note is what the registry said of a subject: the id of one of its schemas, or the level that it has. The names of
// files hold a part of a hash only, so the note says itself what it is about.
type note struct {
	Subject string     `json:"subject"`
	Schema  string     `json:"schema,omitempty"` // SHA-256 of its text; "" for a level
	ID      int        `json:"id,omitempty"`
	Level   avro.Level `json:"level,omitempty"`
}

func (n note) whole() bool {
	if n.Schema == "" {
		return n.Level != ""
	}
	return n.ID >= 1 && n.ID <= math.MaxInt32
}

// digest stands for a schema's text, which is what a subject's versions differ by: schemas of one canonical form can have
// different ids.
func digest(s *avro.Schema) string {
	sum := sha256.Sum256([]byte(s.String()))
	return hex.EncodeToString(sum[:])
}

func (s snapshot) path(name string) string {
	at := sha256.Sum256([]byte(s.registry))
	return filepath.Join(s.folder, hex.EncodeToString(at[:6])+"-"+name)
}

func (s snapshot) schema(id int) string { return s.path(fmt.Sprintf("%d.avsc", id)) }

// note is the file of a note; a schema's digest is "" for the level.
func (s snapshot) note(subject, schema string) string {
	at := sha256.Sum256([]byte(subject + "\n" + schema))
	return s.path(hex.EncodeToString(at[:12]) + ".json")
}

// read gives a schema that was kept; nil where there is none that can be read.
func (s snapshot) read(id int) *avro.Schema {
	text, ok := s.get(s.schema(id))
	if !ok {
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
	return s.put(s.schema(id), []byte(schema.String()))
}

// recall gives a note that was kept.
func (s snapshot) recall(subject, schema string) (n note, ok bool) {
	text, ok := s.get(s.note(subject, schema))
	if !ok || json.Unmarshal(text, &n) != nil {
		return note{}, false
	}
	return n, n.Subject == subject && n.Schema == schema && n.whole()
}

// remember keeps a note, whole or not at all.
func (s snapshot) remember(n note) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return s.put(s.note(n.Subject, n.Schema), text)
}

// forget drops a note that the registry contradicts.
func (s snapshot) forget(subject, schema string) {
	if s.folder != "" {
		_ = os.Remove(s.note(subject, schema)) // mostly there is none
	}
}

func (s snapshot) get(file string) ([]byte, bool) {
	if s.folder == "" {
		return nil, false
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, false
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	return text, err == nil
}

func (s snapshot) put(file string, text []byte) error {
	if s.folder == "" {
		return nil
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(file); err != nil {
		files, err := os.ReadDir(s.folder)
		if err != nil {
			return err
		}
		if len(files) >= maxKept {
			return fmt.Errorf("folder %s has %d files, which is the most: empty it, what is in use comes again", s.folder, len(files))
		}
	}
	f, err := os.CreateTemp(s.folder, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it may be there no more
	}
	return err
}
