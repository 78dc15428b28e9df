// Package registrytest holds a Schema Registry and Tidemark's client of it to what both promise: the same suite runs against
// the embedded registry and against one that other people wrote. What another registry is known to do differently is named,
// with the reason, so that the rest still counts.
//
//	registrytest.Run(t, registry.Config{URLs: []string{url}}, nil)
package registrytest
