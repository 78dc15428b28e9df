// Package format is the table of what Tidemark reads and writes besides its own: ODCS contracts and ODPS data products with
// Avro schemas. Each format has a package of its own below, of plain functions that know nothing of the others; this
// one gives them names, takes a document to files (Import) and a data product or a port to documents (Export).
//
//	avsc         Avro schemas to ODCS properties and back
//	dcs          Data Contract Specification, in and out
//	dpds         Data Product Descriptor Specification, in and out
//	asyncapi     AsyncAPI, in and out
//	topic        a contract proposed from what a topic holds
//	openlineage  datasets, jobs and runs for catalogs
//	openslo      objectives for monitoring
//	confluent    metadata and rules for a schema registry
//	flinksql     tables for Flink
//	document     pages for people: Markdown and HTML
//
// What a format cannot carry is a finding, never lost in silence. What an import has no place for in ODCS stands in
// customProperties and comes back on an export to the same format.
package format
