// Package contracts holds the mesh's data products and contracts as files: for each domain a folder, for each
// data product in it a folder with product.odps.yaml, the contract <port>.v<major>.odcs.yaml and the schema
// <port>.v<major>.avsc of every output port, and samples; and in policies the rules that judge them, with their tests. It
// has no logic: platform/contract and platform/policy read it.
package contracts

import "embed"

// FS is this folder, as it was when the binary was built.
//
//go:embed catalog customer fulfillment marketing orders payments platform policies
var FS embed.FS
