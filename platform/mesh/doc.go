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
// The judge remembers only what cannot be read from the log: when it itself last heard of an instance (so that
// the clocks of instances do not matter), and since when a port is under judgement. After a replay it waits
// one full deadline before it says that something is late or lost.
package mesh
