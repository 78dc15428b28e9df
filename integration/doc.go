// Package integration holds tests of the whole: the mesh as `tidemark demo` runs it.
//
// With `make test` they run on an embedded broker and need neither Docker nor Java. Built with the tag integration they run on
// real Kafka and a real registry, where there are more: the mesh as a process for each part, which are killed, whose brokers
// are restarted under load, and which each log in as themselves. README.md says what they need.
package integration
