// Package git reads files as a revision of a git repository has them, by the git command. Nothing is checked out, and no
// hook, filter or attribute of the repository runs or applies.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"
)

// maxBytes bounds what is read of one revision.
const maxBytes = 256 << 20

// ErrNoGit says that there is no git command.
var ErrNoGit = errors.New("the git command is not installed, or not in PATH")

// NoPathError says that a revision has nothing at a path.
type NoPathError struct{ Revision, Path string }

func (e *NoPathError) Error() string {
	return fmt.Sprintf("git's revision %s has no %s", e.Revision, e.Path)
}

// Repo is a repository.
type Repo struct {
	top    string // the work tree's folder
	prefix string // of the folder that it was opened with, below top; "" or ending in a slash
}

// Open finds the repository that a folder is in.
func Open(ctx context.Context, folder string) (*Repo, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, ErrNoGit
	}
	out, err := run(ctx, folder, nil, "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, err
	}
	top, prefix, _ := strings.Cut(strings.TrimRight(string(out), "\n"), "\n")
	return &Repo{top, prefix}, nil
}

// Path is a path below the folder that the repository was opened with, as the repository has it.
func (r *Repo) Path(below string) string {
	return strings.TrimPrefix(path.Join("/", r.prefix, below), "/")
}

// Tree is what a revision has at a path.
type Tree struct {
	// Files are the texts: by their path below the tree's folder.
	Files map[string][]byte
	// Folder is the tree's folder, as the repository has it; "" is its top. Of a single file it is the folder of that.
	Folder string
	// Single is the file's name below Folder where the path names a file, "" where it names a folder.
	Single string
}

// Read reads a folder or a file; of a folder only the files that keep tells to, and of a file those in its folder too.
// An unknown revision is an error, and a path that it has not is a *NoPathError.
func (r *Repo) Read(ctx context.Context, revision, at string, keep func(file string) bool) (Tree, error) {
	if revision == "" || strings.HasPrefix(revision, "-") {
		return Tree{}, fmt.Errorf("%q is no git revision", revision)
	}
	if _, err := run(ctx, r.top, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{tree}"); err != nil {
		return Tree{}, fmt.Errorf("git knows no revision %s here; a clone that is not deep enough needs git fetch first", revision)
	}
	at = strings.TrimPrefix(path.Join("/", at), "/")
	t := Tree{Folder: at}
	kind, err := run(ctx, r.top, nil, "cat-file", "-t", "--end-of-options", revision+":"+at)
	if err != nil {
		return Tree{}, &NoPathError{revision, at}
	}
	if strings.TrimSpace(string(kind)) == "blob" {
		t.Folder, t.Single = folderOf(at), path.Base(at)
	}
	listed, err := run(ctx, r.top, nil, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision+":"+t.Folder)
	if err != nil {
		return Tree{}, err
	}
	var names, ids []string
	for entry := range strings.SplitSeq(string(listed), "\x00") {
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta)
		if ok && len(fields) == 3 && fields[1] == "blob" && (keep(name) || name == t.Single) {
			names, ids = append(names, name), append(ids, fields[2])
		}
	}
	texts, err := r.blobs(ctx, ids)
	if err != nil {
		return Tree{}, err
	}
	t.Files = make(map[string][]byte, len(names))
	for i, name := range names {
		t.Files[name] = texts[i]
	}
	return t, nil
}

func folderOf(file string) string {
	if folder := path.Dir(file); folder != "." {
		return folder
	}
	return ""
}

// Since is when the newest unbroken run of versions of a file began for which holds is true, as of a revision: the date of
// the commit that brought the oldest of them. What was merged counts from its merge on, since nobody saw it before, and a
// file that was renamed has the history of its old name. ok is false where the newest version does not hold.
func (r *Repo) Since(ctx context.Context, revision, file string, holds func(text []byte) bool) (since time.Time, ok bool, err error) {
	out, err := run(ctx, r.top, nil, "log", "-z", "--first-parent", "--follow", "--name-only", "--format=%H %cI", "--end-of-options", revision, "--", file)
	if err != nil {
		return time.Time{}, false, err
	}
	entries := strings.Split(string(out), "\x00") // a commit, then the name that it left the file with, and so on
	for i := 0; i+1 < len(entries); i += 2 {
		commit, date, _ := strings.Cut(entries[i], " ")
		text, err := run(ctx, r.top, nil, "cat-file", "blob", commit+":"+strings.TrimPrefix(entries[i+1], "\n"))
		if err != nil || !holds(text) {
			break
		}
		if since, err = time.Parse(time.RFC3339, date); err != nil {
			return time.Time{}, false, fmt.Errorf("git log: %w", err)
		}
		ok = true
	}
	return since, ok, nil
}

// blobs reads objects by their ids.
func (r *Repo) blobs(ctx context.Context, ids []string) ([][]byte, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := run(ctx, r.top, []byte(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	texts := make([][]byte, len(ids))
	for i := range texts {
		head, rest, _ := bytes.Cut(out, []byte("\n"))
		var id, kind string
		var size int
		if _, err := fmt.Sscan(string(head), &id, &kind, &size); err != nil || size < 0 || len(rest) < size+1 {
			return nil, fmt.Errorf("git cat-file answered %q for %s", head, ids[i])
		}
		texts[i], out = slices.Clip(rest[:size]), rest[size+1:]
	}
	return texts, nil
}

// run runs git in a folder and gives what it wrote, at most maxBytes.
func run(ctx context.Context, folder string, in []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	cmd.Stdin = bytes.NewReader(in)
	out, failed := &limited{}, &limited{}
	cmd.Stdout, cmd.Stderr = out, failed
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		said, _, _ := strings.Cut(strings.TrimSpace(string(failed.text)), "\n")
		if said == "" {
			said = err.Error()
		}
		return nil, fmt.Errorf("git %s in %s: %s", args[0], folder, strings.TrimPrefix(said, "fatal: "))
	}
	return out.text, nil
}

// limited takes no more than maxBytes. It is no bytes.Buffer, whose ReadFrom would take all.
type limited struct{ text []byte }

func (l *limited) Write(p []byte) (int, error) {
	if len(l.text)+len(p) > maxBytes {
		return 0, fmt.Errorf("more than %d bytes: name a folder of contracts", maxBytes)
	}
	l.text = append(l.text, p...)
	return len(p), nil
}
