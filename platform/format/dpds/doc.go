// Package dpds reads and writes data products as the Data Product Descriptor Specification 1.0.0 has them.
//
//	Import   a descriptor -> an ODPS data product, and a contract for each output port whose API has a schema
//	Export   a data product with its contracts -> a descriptor
//
// Ports of discovery, observability and control are ODPS's management ports. A port's API is an AsyncAPI document (see
// package asyncapi). What only ODPS has is in the extension x-odps, and what only DPDS has in customProperties that begin
// with dpds., so that both come back. References within the file are followed; nothing is ever fetched.
package dpds
