// Package dataproducttest is how a domain tests its data products.
//
//	Golden       what a transform makes of given events, as files that people read
//	Conformance  what every data product must hold, on an embedded broker and registry
//	NewMesh      that broker and registry, for tests of one's own
package dataproducttest
