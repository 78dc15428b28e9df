package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/check/git"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
)

// source is one side of a comparison before it is parsed.
type source struct {
	name     string // as the user said it
	files    map[string][]byte
	prefix   string // of the files' names in what is found
	single   bool   // one document, not a tree
	platform string // the URL, where a platform has it
	history  diff.History
}

// source reads what OLD or NEW name: git:REV, git:REV:PATH, a platform's URL, a folder or a file. like is the path on the
// other side, which is meant where git:REV names none.
func (s *settings) newSource(ctx context.Context, name, like string) (source, error) {
	switch {
	case strings.HasPrefix(name, "git:"):
		return gitSource(ctx, name, like)
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		return s.platformSource(ctx, name)
	}
	return fileSource(name)
}

func fileSource(name string) (source, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = usagef("there is no file or folder %s", name)
	}
	if err != nil {
		return source{}, withNext(err, "name a folder, a file, git:REV, git:REV:PATH, or the URL of a platform")
	}
	src := source{name: name, prefix: prefixOf(filepath.ToSlash(name))}
	if info.IsDir() {
		src.files, err = diff.Files(os.DirFS(name))
		return src, err
	}
	folder, base := path.Split(filepath.ToSlash(name))
	src.prefix, src.single = folder, true
	if contractFile, isSchema := contractBeside(base); isSchema {
		base = contractFile
	}
	text, err := readSome(folder + base)
	if errors.Is(err, fs.ErrNotExist) {
		return src, schemaAlone(name)
	}
	if err != nil {
		return src, err
	}
	src.files = map[string][]byte{base: text}
	schema := diff.SchemaFile(base)
	if text, err := readSome(folder + schema); err == nil {
		src.files[schema] = text
	}
	return src, nil
}

// contractBeside is the file of the contract that a schema's file belongs to.
func contractBeside(file string) (name string, isSchema bool) {
	stem, isSchema := strings.CutSuffix(file, ".avsc")
	return stem + ".odcs.yaml", isSchema
}

func schemaAlone(name string) error {
	return withNext(fmt.Errorf("%s is a schema, and no contract is beside it", name), "name two contracts; \"tidemark import\" makes one of a schema")
}

func prefixOf(folder string) string {
	if folder = strings.TrimSuffix(folder, "/"); folder == "." {
		return ""
	}
	return folder + "/"
}

// gitSource reads a revision of the repository that the other side is in, or this folder.
func gitSource(ctx context.Context, name, like string) (source, error) {
	revision, at, said := strings.Cut(strings.TrimPrefix(name, "git:"), ":")
	folder, base := ".", ""
	if info, err := os.Stat(like); err == nil && info.IsDir() {
		folder = like
	} else if err == nil {
		folder, base = filepath.Dir(like), filepath.Base(like)
	}
	repo, err := git.Open(ctx, folder)
	if err != nil {
		return source{}, withNext(err, "git:%s needs the git command, and to be called within the repository", revision)
	}
	if !said {
		at = repo.Path(base)
	} else if path.IsAbs(at) || !filepath.IsLocal(path.Join(".", at)) {
		return source{}, withNext(fmt.Errorf("the path %s is not below the top of the repository, where paths of a revision begin", at), "write it as in git:%s:contracts", revision)
	}
	tree, err := repo.Read(ctx, revision, at, diff.Relevant)
	if err != nil {
		return source{}, err
	}
	src := source{name: name, files: tree.Files, prefix: "git:" + revision + ":" + prefixOf(tree.Folder), single: tree.Single != ""}
	if tree.Folder == "" {
		src.prefix = "git:" + revision + ":"
	}
	if src.single {
		single := tree.Single
		if contractFile, isSchema := contractBeside(single); isSchema {
			if single = contractFile; src.files[single] == nil {
				return source{}, schemaAlone(name)
			}
		}
		for file := range src.files {
			if file != single && file != diff.SchemaFile(single) {
				delete(src.files, file)
			}
		}
	}
	src.history = gitHistory{ctx, repo, revision, tree.Folder}
	return src, nil
}

// gitHistory is what happened before a revision.
type gitHistory struct {
	ctx              context.Context
	repo             *git.Repo
	revision, folder string
}

// Since asks git; what git cannot say is not known.
func (h gitHistory) Since(file string, holds func([]byte) bool) (time.Time, bool) {
	since, ok, err := h.repo.Since(h.ctx, h.revision, path.Join(h.folder, file), holds)
	return since, ok && err == nil
}

// platformSource asks a platform for all that was published last. Only the platform of the settings is shown their token.
func (s *settings) platformSource(ctx context.Context, url string) (source, error) {
	access := client.Options{}
	if strings.TrimRight(url, "/") == strings.TrimRight(s.Platform, "/") {
		access = s.platformAccess()
	}
	c, err := client.New(url, access)
	if err != nil {
		return source{}, &usageError{err}
	}
	src := source{name: url, prefix: c.URL() + "/", platform: c.URL(), files: make(map[string][]byte)}
	contracts, err := c.Contracts(ctx, nil)
	if err != nil {
		return source{}, platformError(err)
	}
	for _, listed := range contracts {
		one, err := c.Contract(ctx, listed.ID) // a list has no documents
		if err != nil {
			return source{}, platformError(err)
		}
		file := "contracts/" + one.ID + ".odcs.yaml"
		src.files[file] = []byte(one.Document)
		if one.Schema != "" {
			src.files[diff.SchemaFile(file)] = []byte(one.Schema)
		}
	}
	products, err := c.DataProducts(ctx, nil)
	if err != nil {
		return source{}, platformError(err)
	}
	for _, listed := range products {
		one, err := c.DataProduct(ctx, listed.ID)
		if err != nil {
			return source{}, platformError(err)
		}
		if one.Document != "" { // one that only heartbeats name has none
			src.files["data-products/"+one.ID+".odps.yaml"] = []byte(one.Document)
		}
	}
	return src, nil
}

// platformError adds the next step to what a call of a platform returned.
func platformError(err error) error {
	if _, away := errors.AsType[*client.UnreachableError](err); away {
		return withNext(err, "start one with \"tidemark demo\" or \"tidemark serve\"")
	}
	return err
}

// side parses a source; what cannot be read is left out, and the findings say why.
func (src source) side() (*diff.Side, []contract.Finding) {
	side, findings := diff.Parse(src.files, src.prefix)
	side.History = src.history
	return side, findings
}

// controlDomain is the domain of the control topics. A platform is not told of their contracts, since it brings them.
const controlDomain = "platform"

// within leaves on a side what the other can be about: of a platform only the other's domains, of others all that a
// platform is told of, and where the other alone is one document only that.
func (src source) within(side *diff.Side, other source, others *diff.Side) *diff.Side {
	switch {
	case other.single && !src.single:
		return side.Like(others)
	case src.platform != "" && other.platform == "":
		return side.In(others.Domains())
	case src.platform == "" && other.platform != "":
		told := side.Domains()
		delete(told, controlDomain)
		return side.In(told)
	}
	return side
}
