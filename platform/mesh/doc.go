// Package mesh is what the mesh knows: a fold of the control topics, and the platform's clock over it.
//
//	control topics → bus.Codec → State (pure fold) ─┬→ queries: data products, ports, instances, …, search
//	                                                └→ judge (clock): lost, breaches → control topics
//
// The control topics are the only source of truth. State holds nothing that is not in them, so that a replay
// from the beginning rebuilds it: the same events, in any interleaving that keeps each key's order, give the
// same state, and a redelivered event changes nothing. What the judge decides it sends as events, with ids and
// times that are functions of the state alone, so that two platforms that watch the same mesh say the same;
// it learns of its own decisions by reading them back, like everybody else.
//
// What is judged, and breached under its own name, from a begin to an end:
//
//	freshness                by deadlines of event time; look.go
//	frequency                by the time of the newest accepted record; ruling.go
//	completeness, errorRate  by the counts of a window of five minutes of the clock; window.go
//	latency                  by the share of its records within the promise, at least 99 %; window.go
//	quality rules            by the newest window that every partition has closed; quality.go
//
// A breach that windows tell of begins when one closes that does not keep the promise, and ends when one closes that
// does; a window that says nothing changes nothing. A quality rule of severity warning is told and breaches nothing. While
// a backfill runs only completeness, errorRate and quality other than rowCount are judged. What is promised and not
// judged says so; promise.go.
//
// The judge remembers only what cannot be read from the log: when it itself last heard of an instance (so that
// the clocks of instances do not matter), since when a port is under judgement, and how much was counted when a window
// began. After a replay it waits one full deadline before it says that something is late or lost. Two platforms may have
// counted a window a little differently: whichever speaks first of it is right.
package mesh
