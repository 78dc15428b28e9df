// Package dataproducttest is test support: it may import testing and the embedded broker.
package dataproducttest

import (
	_ "testing"

	_ "github.com/twmb/franz-go/pkg/kfake"

	_ "example.com/broken/contracts"
)
