// Package scaffold writes the beginning of things: a mesh, a domain, a data product, a contract. What it writes compiles,
// passes `tidemark check` and its policies, passes the conformance suite, and runs.
//
//	Mesh, Domain, Product, Contract   options -> Plan: which files there would be, with their texts
//	Plan.Apply                        writes them, all or none, and never over a file that is there
//	Events                            the typed events of a domain, for `tidemark generate go`
//
// A plan reads the folder that it is for and changes nothing. What exists already is left alone, with two exceptions that
// a plan names: a generated file is generated again, and a new data product is added to the list that a domain's All
// returns.
package scaffold
