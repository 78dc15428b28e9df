// Package lifecycle says which states an instance, a data product in it, or a port can be in, and which of
// them may follow which.
//
//	declared → provisioning → starting → running ⇄ degraded
//	                                       ↓ ↑        ↓
//	                                      tripped ────┤
//	                                                  ↓
//	                                  draining → stopped | failed → starting …
//
// The table in table.go is the whole truth; testdata/matrix.golden shows it at a glance. What runs a subject
// moves it with a Machine. Three states only the platform may say, because nobody else can: lost (heartbeats
// stopped without a goodbye), deprecated and retired (somebody decided so).
package lifecycle
