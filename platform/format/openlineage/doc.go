// Package openlineage tells catalogs of a data product in OpenLineage 2-0-2.
//
//	Export  what the files say: a JobEvent for the data product, a DatasetEvent for each port that it answers for
//	Runs    what is known of its instances: START, RUNNING and COMPLETE, FAIL or ABORT of each
//	Lines   events as JSON Lines, one event each
//
// A data product is a job, named as its id. A port is a dataset: kafka://host:port and the topic. Each instance's incarnation
// is a run, whose id is made of the names and is the same each time.
//
// Nothing is invented. A column comes from another where the contract's transformSourceObjects say so, or where a guard copies
// records as they are. An output comes from the inputs that its port's inputContracts name, or from the only input. What cannot be resolved
// is left out and is a finding.
package openlineage
