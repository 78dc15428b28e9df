// Package registrytest holds a Schema Registry and Tidemark's client of it to what both promise: the same suite runs against
// the embedded registry and against one that other people wrote. What another registry is known to do differently is named,
// with the reason, so that the rest still counts.
//
//	registrytest.Run(t, registry.Config{URLs: []string{url}}, nil)
//
// For tests that only need some registry, Start serves an empty one.
package registrytest
