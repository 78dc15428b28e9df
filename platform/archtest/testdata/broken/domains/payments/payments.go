// Package payments is as it should be.
package payments

import (
	"time"

	_ "example.com/broken/platform/dataproduct"
)

// Grace is a duration, not a clock.
const Grace = time.Minute
