// Package archtest checks the project's own rules, those that no general linter knows: which package may import
// which, who may use which library, and a few habits (no init, only main exits, no sleeping tests).
//
// The rules are data in rules.go; each violation says what to do instead. The source is read and parsed here
// rather than asked of `go list`, so that every file counts whatever its build tags, and so that Go's test cache
// sees what this test depends on and runs it again when any of that changes.
//
//	rules.go    the tables: layers, strangers, owners of libraries
//	tree.go     reads a module into packages and files
//	imports.go  the rules on imports
//	habits.go   the rules on what a file says
package archtest
