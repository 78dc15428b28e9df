// Command generate writes docs/reference.md from the tables of package explain. go generate runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidemark-mesh/tidemark/platform/explain"
)

func main() {
	if err := os.WriteFile(filepath.Join("..", "..", "docs", "reference.md"), []byte(explain.Markdown()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
