//go:build !unix

package broker

import (
	"fmt"
	"os"
)

// lock only makes the file: this system has no lock that ends with the process.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--data folder: %w", err)
	}
	return f, nil
}
