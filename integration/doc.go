// Package integration holds tests of the whole: the mesh as `tidemark demo` runs it.
//
// What needs no Docker and no Java runs with `make test`.
package integration
