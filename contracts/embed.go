// Package contracts holds the mesh's data products and contracts as files: for each domain a folder, for each
// data product in it a folder with product.odps.yaml, the contract <port>.v<major>.odcs.yaml and the schema
// <port>.v<major>.avsc of every output port, and samples. It has no logic: platform/contract reads it.
package contracts

import "embed"

// FS is this folder, as it was when the binary was built.
//
//go:embed catalog customer fulfillment marketing orders payments platform
var FS embed.FS
