// Package dcs reads and writes the Data Contract Specification, the other widespread format of data contracts.
//
// Import reads versions 0.9.3 to 1.2.1, and the looser shape of articles and older files, in which schema.fields stands
// in place of models. Export writes 1.2.1. Plain is the looser shape of any contract, for policies.
//
// Import builds the document of an ODCS file and has it read as one, so that an imported contract is
// always one that can be written and read again. What ODCS has no place for becomes a custom property named dcs.<key> of the object
// that it belongs to, and returns to that key on export. What the Data Contract Specification has no place for is
// written below the key odcs, which the specification allows and Import reads.
//
//	import                                        export
//	source.go  the document and its keys          export.go          the contract, its servers and terms
//	import.go  the contract                       export_model.go    models and fields
//	server.go, model.go, field.go, types.go       export_quality.go  rules
//	ref.go     definitions                        export_level.go    service levels
//	quality.go, check.go  rules                   fits.go            what the schema of 1.2.1 takes
//	soda.go, soda_metric.go  SodaCL
//	level.go   service levels and sla             plain.go           the looser shape
//	soften.go  what ODCS does not let be said
package dcs
