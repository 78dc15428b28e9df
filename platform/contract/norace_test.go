//go:build !race

package contract

const slowdown = 1
