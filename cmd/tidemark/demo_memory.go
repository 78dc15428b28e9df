package main

import (
	"os"
	"runtime/debug"
)

// demoMemory is what the Go runtime tries to keep a demo within: the embedded broker holds every record, so garbage is
// collected sooner rather than later. It bounds nothing: what is in use stays.
const demoMemory = 160 << 20

// limitMemory sets that unless GOMEMLIMIT says otherwise.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(demoMemory)
	}
}
