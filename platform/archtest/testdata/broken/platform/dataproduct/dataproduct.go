// Package dataproduct knows a stranger, and lets a library into every domain's binary.
package dataproduct

import (
	_ "example.com/broken/platform/mesh"
	_ "example.com/broken/platform/policy"
)

// Run is documented.
func Run(string) {}
