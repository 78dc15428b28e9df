// Package orders breaks what a domain must not.
package orders

import (
	"os"
	"time"

	_ "github.com/google/uuid"

	_ "example.com/broken/contracts"
	_ "example.com/broken/domains/payments"
	_ "example.com/broken/platform/dataproduct"
	_ "example.com/broken/platform/dataproduct/dataproducttest"
	_ "example.com/broken/platform/event"
	_ "example.com/broken/platform/kafka"
)

// Name is documented.
var Name = os.Getenv("NAME") + time.Now().String()
