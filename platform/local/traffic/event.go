package traffic

import "time"

// Event is one thing that an operational system publishes.
type Event struct {
	Port string    // the output port of its data product
	At   time.Time // event time
	Key  string
	// Value is a pointer to the event's struct; nil is a tombstone.
	Value any
	// Tag is what the ledger counts the event under besides the port, since its outcome differs from its port's
	// other events; "" for an ordinary one.
	Tag string
	// Lines and Sales are how many lines a placed order has, and what they come to.
	Lines int
	Sales Money
}

// entry is an event that is due: small, since the agenda holds a hundred thousand. what, which and part mean
// something to the entry's system alone.
type entry struct {
	at     int64 // Unix milliseconds
	which  int32
	part   int16
	what   uint8
	system uint8 // index in systems
}

func at(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

func pointer[T any](v T) *T { return &v }
