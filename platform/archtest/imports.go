package archtest

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

func (c *checker) imports() {
	for f := range c.tree.files {
		for _, spec := range f.ast.Imports {
			imported := importPath(spec)
			if to, ok := c.tree.ours(imported); ok {
				c.direction(f, to, spec.Pos())
			} else {
				c.library(f, imported, spec.Pos())
			}
		}
	}
	c.binaries()
}

// direction judges an import of one of our packages.
func (c *checker) direction(f *file, to string, at token.Pos) {
	from := f.pkg
	switch {
	case below(to, "cmd") && !below(from, to) && !below(to, from):
		c.report("cmd", f, at, fmt.Sprintf("%s imports %s; nothing imports cmd", from, to),
			"move what both need into a package below platform")
	case below(from, "contracts"):
		c.report("contracts", f, at, fmt.Sprintf("contracts imports %s; it holds files and no logic", to),
			"keep the logic where the files are used")
	case below(from, "domains"):
		c.domain(f, to, at)
	case below(from, "platform") && (below(to, "domains") || below(to, "contracts")) && !f.test:
		c.report("platform", f, at, fmt.Sprintf("%s imports %s; the platform knows no domain and no contract", from, to),
			"take an fs.FS, or a dataproduct.Product, as an argument and let cmd pass it")
	case below(from, "platform") && below(to, "platform") && !f.test:
		c.layer(f, strings.TrimPrefix(to, "platform/"), at)
	}
}

func (c *checker) domain(f *file, to string, at token.Pos) {
	name := strings.SplitN(f.pkg, "/", 3)
	own := strings.Join(name[:min(2, len(name))], "/")
	may := domainMay
	if f.test {
		may = append(append([]string{}, domainMay...), domainTestsMay...)
	}
	for _, m := range may {
		// Not what is below it: dataproducttest lies below dataproduct and is for tests.
		if to == m {
			return
		}
	}
	switch {
	case below(to, own):
	case below(to, "domains"):
		c.report("domains", f, at, fmt.Sprintf("%s imports %s; domains meet on topics only", f.pkg, to),
			"read the other domain's output port as an input port, with a type of your own")
	default:
		c.report("domains", f, at, fmt.Sprintf("%s imports %s; a domain imports only %s", f.pkg, to, strings.Join(may, ", ")),
			"say it in the contract, or add what is missing to platform/dataproduct")
	}
}

func (c *checker) layer(f *file, to string, at token.Pos) {
	from := strings.TrimPrefix(f.pkg, "platform/")
	low, high := layerOf(from), layerOf(to)
	switch {
	case low < 0: // said once for the package, by habits
	case high < 0:
	case low < high:
		c.report("layers", f, at, fmt.Sprintf("platform/%s imports platform/%s, which is above it", from, to),
			"turn it round: declare a small interface or a callback below, and let the higher package fill it")
	}
	for _, s := range strangers {
		if below(from, s[0]) && below(to, s[1]) || below(from, s[1]) && below(to, s[0]) {
			c.report("strangers", f, at, fmt.Sprintf("platform/%s imports platform/%s; the two do not know each other", from, to),
				"let them meet on the control topics: send an event of platform/event")
		}
	}
}

// layerOf gives the layer of a platform package, -1 when the table does not have it.
func layerOf(pkg string) int {
	for n, layer := range layers {
		if belowAny(pkg, layer) {
			return n
		}
	}
	return -1
}

// library judges an import of somebody else's package.
func (c *checker) library(f *file, imported string, at token.Pos) {
	for _, o := range owners {
		if !below(imported, o.library) {
			continue
		}
		if !belowAny(f.pkg, o.may) && !(o.tests && f.test) {
			c.report("libraries", f, at, fmt.Sprintf("%s imports %s", f.pkg, imported), o.why)
		}
		break // the first owner decides: kfake is part of franz-go
	}
	if !below(f.pkg, "domains") || f.test {
		return
	}
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case strings.Contains(first, "."):
		c.report("domains", f, at, fmt.Sprintf("%s imports %s; a domain needs no library", f.pkg, imported),
			"a transform sees values only; what is common to domains belongs in platform/dataproduct")
	case belowAny(imported, impure):
		c.report("pure", f, at, fmt.Sprintf("%s imports %s; a transform is a function of its input", f.pkg, imported),
			"let the value carry what the function needs, so that a replay gives the same")
	}
}

// binaries follows imports transitively, for libraries that must not reach a binary by any way.
func (c *checker) binaries() {
	for _, rule := range neverIn {
		for _, pkg := range c.tree.folders() {
			if !below(pkg, "cmd") || below(pkg, platformBinary) || !c.importsBelow(pkg, rule.binary) {
				continue
			}
			if way := c.way(pkg, rule.library); way != nil {
				c.report("binaries", c.tree.pkgs[pkg][0], token.NoPos,
					fmt.Sprintf("%s gets %s through %s", pkg, rule.library, strings.Join(way, " -> ")), rule.why)
			}
		}
	}
}

func (c *checker) importsBelow(pkg, folder string) bool {
	for _, f := range c.tree.pkgs[pkg] {
		for _, spec := range f.ast.Imports {
			if to, ok := c.tree.ours(importPath(spec)); ok && below(to, folder) && !f.test {
				return true
			}
		}
	}
	return false
}

// way gives the packages on the shortest way from pkg to one that imports library; nil when there is none.
func (c *checker) way(pkg, library string) []string {
	from := map[string]string{pkg: ""}
	for queue := []string{pkg}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, f := range c.tree.pkgs[at] {
			if f.test {
				continue
			}
			for _, spec := range f.ast.Imports {
				imported := importPath(spec)
				if below(imported, library) {
					return trace(from, at)
				}
				if to, ok := c.tree.ours(imported); ok {
					if _, seen := from[to]; !seen {
						from[to] = at
						queue = append(queue, to)
					}
				}
			}
		}
	}
	return nil
}

// trace goes back from at to where from began.
func trace(from map[string]string, at string) []string {
	var way []string
	for ; at != ""; at = from[at] {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}
