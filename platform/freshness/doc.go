// Package freshness is the arithmetic behind "how far does this data reach": event-time watermarks, the idle
// rule, freshness and the deadline of a freshness promise, completeness, and a mergeable sketch of latencies.
//
// Freshness is now minus the newest accepted event time in the port's slowest partition that is not idle.
// Slowest, because a consumer of the whole port has complete data only up to there; not idle, because a
// partition in which nothing happened holds nobody up.
//
// Everything is pure: no goroutine, no clock (now is a parameter), no lock. Event times and record timestamps
// are Unix milliseconds, as they are on the wire; what people read is time.Time and time.Duration.
package freshness
