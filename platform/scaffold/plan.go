package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// File is one file of a plan.
type File struct {
	Path string // below the plan's root, with slashes
	Text []byte
	// Change says what is done to a file that is there already: "" means that it must not be there.
	Change string
}

// Plan is what would be written.
type Plan struct {
	Root  string // the folder
	Files []File
	Notes []string // what the reader should know
	Next  []string // commands to go on with
}

// ExistsError says that files are in the way.
type ExistsError struct {
	Root  string
	Paths []string
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s in %s already: nothing was written", strings.Join(e.Paths, ", ")+isOrAre(len(e.Paths)), e.Root)
}

func isOrAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func (p *Plan) add(file string, text []byte) { p.Files = append(p.Files, File{Path: file, Text: text}) }

// Conflicts gives *ExistsError when a file of the plan is there already.
func (p *Plan) Conflicts() error {
	var there []string
	for _, f := range p.Files {
		if f.Change != "" {
			continue
		}
		switch _, err := os.Lstat(filepath.Join(p.Root, filepath.FromSlash(f.Path))); {
		case err == nil:
			there = append(there, f.Path)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	if len(there) > 0 {
		return &ExistsError{p.Root, there}
	}
	return nil
}

// Apply writes the plan. When a file is in the way it writes nothing and gives *ExistsError; when writing fails it takes
// back what it has written.
func (p *Plan) Apply() error {
	if err := p.Conflicts(); err != nil {
		return err
	}
	var made []string // files and folders, to be removed again in reverse order
	undo := func() {
		for _, name := range slices.Backward(made) {
			_ = os.Remove(name)
		}
	}
	for _, f := range p.Files {
		if f.Change != "" {
			continue // last, when the rest is there
		}
		name := filepath.Join(p.Root, filepath.FromSlash(f.Path))
		folders, err := mkdirs(filepath.Dir(name))
		made = append(made, folders...)
		if err == nil {
			err = create(name, f.Text)
		}
		if err != nil {
			undo()
			return fmt.Errorf("nothing was written: %w", err)
		}
		made = append(made, name)
	}
	for _, f := range p.Files {
		if f.Change == "" {
			continue
		}
		if err := replace(filepath.Join(p.Root, filepath.FromSlash(f.Path)), f.Text); err != nil {
			return err
		}
	}
	return nil
}

// mkdirs makes a folder and those above it, and gives those that it made, the outermost first.
func mkdirs(dir string) (made []string, err error) {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is a file, and a folder is needed", dir)
		}
		return nil, nil
	}
	if above := filepath.Dir(dir); above != dir {
		if made, err = mkdirs(above); err != nil {
			return made, err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return made, err
	}
	return append(made, dir), nil
}

// create writes a file that is not there, even if somebody else makes it at this moment.
func create(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(name)
		return err
	}
	return nil
}

// replace writes a file anew: at no time is there half a file.
func replace(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// stage gives a copy of what matters in the root with the plan's files in it, to look at what the whole would be.
func (p *Plan) stage(folders ...string) (dir string, done func(), err error) {
	dir, err = os.MkdirTemp("", "tidemark-init-")
	if err != nil {
		return "", nil, err
	}
	done = func() { _ = os.RemoveAll(dir) }
	for _, folder := range folders {
		from := filepath.Join(p.Root, filepath.FromSlash(folder))
		if _, err := os.Stat(from); err != nil {
			continue
		}
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(folder)), os.DirFS(from)); err != nil {
			done()
			return "", nil, err
		}
	}
	for _, f := range p.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Text, 0o644)); err != nil {
			done()
			return "", nil, err
		}
	}
	return dir, done, nil
}

// has tells whether a file is there, in the plan or in the root.
func (p *Plan) has(file string) bool {
	if slices.ContainsFunc(p.Files, func(f File) bool { return f.Path == path.Clean(file) }) {
		return true
	}
	_, err := os.Stat(filepath.Join(p.Root, filepath.FromSlash(file)))
	return err == nil
}
