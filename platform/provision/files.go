package provision

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// Published gives what is on the control topic as a tree of contracts, each data product and contract in its highest version:
// what the platform, which has no files, looks for drift by.
func (c *Cluster) Published(ctx context.Context) (fs.FS, error) {
	descriptors, err := c.published(ctx)
	if err != nil {
		return nil, err
	}
	newest := make(map[string]*event.Descriptor)
	for _, d := range descriptors {
		if had := newest[d.ID]; had == nil || compareVersions(d.Version, had.Version) > 0 {
			newest[d.ID] = d
		}
	}
	files := make(map[string]string)
	for id, d := range newest {
		if d.Mode != "" {
			files[strings.ReplaceAll(id, ".", "/")+"/product.odps.yaml"] = d.Document
			continue
		}
		base := "others/" + strings.ReplaceAll(id, ":", "-")
		parts := strings.Split(id, ":") // urn:datamesh:<domain>:<product>:<port>:<major>
		if len(parts) == 6 && newest[parts[2]+"."+parts[3]] != nil {
			base = path.Join(parts[2], parts[3], parts[4]+".v"+parts[5])
		}
		files[base+".odcs.yaml"], files[base+".avsc"] = d.Document, d.Schema
	}
	return archive(files)
}

// archive makes a file system of texts by their paths.
func archive(files map[string]string) (fs.FS, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !fs.ValidPath(name) {
			continue // nobody who checks contracts publishes such a name
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			return nil, fmt.Errorf("what is published: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("what is published: %w", err)
	}
	return zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
}

// compareVersions compares two semantic versions by their three numbers, and a release with what came before it; what is no
// version is lower than any.
func compareVersions(a, b string) int {
	before := func(v string) int { return strings.Count(v, "-") }
	return cmp.Or(slices.Compare(numbersOf(a), numbersOf(b)), cmp.Compare(before(b), before(a)), cmp.Compare(a, b))
}

func numbersOf(version string) []int {
	core, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), "-")
	var numbers []int
	for part := range strings.SplitSeq(core, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}
