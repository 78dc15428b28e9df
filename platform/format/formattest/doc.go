// Package formattest is what the tests of the formats share: the standards' own schemas, the repository's contracts,
// documents that are spoiled value by value, and events of OpenLineage held against its specification.
package formattest
