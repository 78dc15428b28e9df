package policy

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// DefaultTimeout is how long a bundle may take for one contract.
const DefaultTimeout = time.Second

// Limits of a bundle, so that a wrong folder is refused and not read for long.
const (
	maxFiles = 1000
	maxBytes = 1 << 20 // of one file
)

// Bundle is a set of policies, ready to judge. It does not change and is safe for concurrent use. The zero Bundle denies
// everything, since it can judge nothing.
type Bundle struct {
	digest  string
	timeout time.Duration
	files   []file // sorted by name
	faults  []contract.Finding
	program *program // nil if there are faults that are errors
}

// file is one file of a bundle.
type file struct {
	name string
	text []byte
}

func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.rego") }
func (f file) isRego() bool { return strings.HasSuffix(f.name, ".rego") }

// Load reads a bundle: every .rego file of a folder and of those below it, and data.json, data.yaml or data.yml, which
// are data.<folder> to the rules. Files named *_test.rego hold its tests and take no part in judging. The bundle is
// never nil: one with faults denies everything. The findings name files of fsys.
func Load(fsys fs.FS) (*Bundle, []contract.Finding) {
	b := &Bundle{timeout: DefaultTimeout}
	b.read(fsys)
	b.digest = digest(b.files)
	if !contract.HasErrors(b.faults) {
		program, faults := compile(context.Background(), b.files)
		b.faults = append(b.faults, faults...)
		if !contract.HasErrors(b.faults) {
			b.program = program
		}
	}
	b.faults = contract.SortFindings(b.faults)
	return b, slices.Clone(b.faults)
}

// WithTimeout is the same bundle with another bound on the time for one contract; d <= 0 is DefaultTimeout.
func (b *Bundle) WithTimeout(d time.Duration) *Bundle {
	if d <= 0 {
		d = DefaultTimeout
	}
	return &Bundle{digest: b.digest, timeout: d, files: b.files, faults: b.faults, program: b.program}
}

// Digest is sha256:<hex> of the names and bytes of all files that take part in judging; tests do not.
func (b *Bundle) Digest() string { return b.digest }

func (b *Bundle) read(fsys fs.FS) {
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			b.fault(RuleLoad, name, "cannot be read: %v", err)
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case entry.IsDir(), !strings.HasSuffix(name, ".rego") && !isData(name):
		case len(b.files) == maxFiles:
			b.fault(RuleLoad, name, "is one file too many: a bundle has at most %d; is this the folder of the policies?", maxFiles)
			return fs.SkipAll
		default:
			text, err := readFile(fsys, name)
			if err != nil {
				b.fault(RuleLoad, name, "cannot be read: %v", err)
			}
			b.files = append(b.files, file{name, text})
		}
		return nil
	})
	if err != nil {
		b.fault(RuleLoad, ".", "cannot be read: %v", err)
	}
	slices.SortFunc(b.files, func(x, y file) int { return cmp.Compare(x.name, y.name) })
}

func (b *Bundle) fault(rule, name, format string, args ...any) {
	b.faults = append(b.faults, contract.Finding{Rule: rule, File: name, Message: fmt.Sprintf(format, args...)})
}

func isData(name string) bool {
	return slices.Contains([]string{"data.json", "data.yaml", "data.yml"}, path.Base(name))
}

func readFile(fsys fs.FS, name string) (text []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
	if len(text) > maxBytes {
		err = fmt.Errorf("it has more than %d bytes", maxBytes)
	}
	return text, err
}

// digest covers names and bytes with their lengths, so that nothing can move from one to the other.
func digest(files []file) string {
	h := sha256.New()
	part := func(text []byte) {
		_ = binary.Write(h, binary.BigEndian, uint64(len(text))) // a hash takes everything
		_, _ = io.Copy(h, bytes.NewReader(text))
	}
	for _, f := range files {
		if !f.isTest() {
			part([]byte(f.name))
			part(f.text)
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
