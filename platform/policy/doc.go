// Package policy judges contracts by rules that people write in Rego, with OPA inside.
//
// A Bundle is a folder of .rego files, read and compiled once. It judges one contract at a time: Judge hands the rules
// the input document and turns what they deny or warn of into findings. Every rule of the bundle that is named deny,
// violation or warn (or deny_<more> and so on) is asked, whatever its package; nothing has to be registered.
//
//	bundle, findings := policy.Load(os.DirFS("contracts/policies"))
//	verdict := bundle.Judge(ctx, policy.Input{Contract: c, DataProduct: p, Environment: "production", Now: time.Now()})
//	if verdict.Denied() { … }
//
// Evaluation is closed: rules see the input and the bundle's own data, and neither network nor clock nor chance, so that
// the same bundle and the same input give the same verdict wherever they meet. It is bounded in time. And it fails
// closed: whatever keeps a rule from judging (a bundle that does not compile or decides nothing, a reference to what is
// not there, a built-in function's error, the end of the time) is a finding of severity error, never a pass.
//
//	load.go           the folder: files, limits, digest
//	parse.go          Rego v1, then v0
//	data.go           the bundle's own data
//	capabilities.go   what rules may use
//	compile.go        from files to queries
//	sound.go          what would silently never be true
//	input.go          the input document
//	judge.go          the evaluation
//	result.go         from what rules say to findings
//	tree.go           all contracts of a tree, for package check
//	list.go           what rules there are
//	tests.go          the bundle's own tests
//	rule.go           the rules of findings about policies
package policy
