package kafka

import (
	"math/rand/v2"
	"time"
)

// Bounds of the waits between tries.
const (
	backoffFirst = 50 * time.Millisecond
	backoffMost  = 2500 * time.Millisecond
)

// backoff is the wait before the n-th retry (n from 1): it doubles, with half of it jittered, so that clients
// which lost the same broker do not come back in step.
func backoff(n int) time.Duration {
	d := backoffMost
	if n < 7 {
		d = min(backoffMost, backoffFirst<<max(0, n-1))
	}
	return d/2 + rand.N(d/2+1)
}
