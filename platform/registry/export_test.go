package registry

import (
	"time"

	"github.com/cenkalti/backoff/v4"
)

// SetClock replaces the clock that unknown ids are forgotten by.
func (c *Client) SetClock(now func() time.Time) { c.cache.now = now }

// RetryAtOnce takes the waits out of start-up calls.
func (c *Client) RetryAtOnce() { c.waits = func() backoff.BackOff { return &backoff.ZeroBackOff{} } }

// Waits gives the first waits between the tries of a start-up call.
func Waits(n int) []time.Duration {
	b := exponential()
	waits := make([]time.Duration, n)
	for i := range waits {
		waits[i] = b.NextBackOff()
	}
	return waits
}
