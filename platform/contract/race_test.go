//go:build race

package contract

// The race detector makes everything slower; time limits of tests stretch with it.
const slowdown = 20
