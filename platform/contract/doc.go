// Package contract holds what a data product promises: the model of its two standard files, a contract in ODCS
// (3.0.0 to 3.2.0) and the data product in Bitol ODPS (1.0.0, 1.1.0), read strictly.
//
//	ParseContract, ParseDataProduct   one file, on its own
//	Load                              a tree of them, with the Avro schemas and samples beside, and the rules
//	                                  that hold between files
//	Contract.Encode, Document         the model written again, in any version; so for a DataProduct
//	Contract.Rules                    what one record must hold, for the walker
//
// Nothing is guessed and nothing is skipped in silence: an unknown key, a key given twice, a version that is not
// supported, a promise that cannot be read are findings with file, line and column, and a file's faults are all
// reported at once. Findings are data; printing them in other shapes is the caller's.
//
// What the standards have no field for stands in customProperties under "tidemark."; property.go is the one
// table of them.
package contract
