// Package local runs a whole mesh in one process: what `tidemark demo` starts.
//
//	cluster     broker and registry: its own, embedded, or those that exist
//	platform    the fold of the control topics, its clock, HTTP (`tidemark serve` is this alone)
//	traffic     the shop's operational systems, which publish (package traffic)
//	instances   one for each domain, which runs the domain's data products
//
// They start in this order, since each needs those before it, and stop in the opposite one. The mesh runs as it would
// in many processes: everything meets on topics, nothing here is shared but the process. Contracts and domains are
// handed in: the platform knows neither.
//
//	options.go    what can be chosen
//	cluster.go    broker and registry
//	claim.go      what a mesh makes on a cluster that exists, and its removal
//	platform.go   the platform in a process
//	instance.go   the domains' instances
//	mesh.go       a running mesh: start, run, stop; start.go has the steps of a start
//	once.go       replay the file once and wait for what comes of it
//	verdict.go    hold what came of it against the ledger
//	readback.go   reads the topics back, as a consumer would
//	summary.go    what Once says
package local
