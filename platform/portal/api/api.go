// Package api holds the shapes that only the HTTP API has: lists, the mesh's summary, dead letters. The things in
// the lists are package mesh's own, which carry JSON tags. The portal writes these shapes and the client reads them.
package api

import "time"

// Prefix begins the path of every resource.
const Prefix = "/api/v1"

// Limits of one page of a list.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// List is one page of a list in a stable order.
type List[T any] struct {
	Items  []T `json:"items" nullable:"false" doc:"The things on this page, in a stable order."`
	Total  int `json:"total" doc:"How many match on all pages together."`
	Limit  int `json:"limit" doc:"How many a page may hold."`
	Offset int `json:"offset" doc:"How many come before this page."`
}

// Summary is how the whole mesh is doing.
type Summary struct {
	Status       string         `json:"status" enum:"ok,attention" doc:"attention: at least one thing needs a person."`
	DataProducts int            `json:"data_products"`
	Ports        int            `json:"ports"`
	Instances    int            `json:"instances"`
	Breaches     int            `json:"breaches" doc:"Breaches that last now."`
	Records      int64          `json:"records" doc:"Records on all output ports."`
	Rejected     int64          `json:"rejected" doc:"Input records that were rejected."`
	States       map[string]int `json:"states" doc:"Data products by state."`
	Statuses     map[string]int `json:"statuses" doc:"Ports by health status."`
	Attention    []Attention    `json:"attention" nullable:"false" doc:"What needs a person, the worst first."`
	CaughtUp     bool           `json:"caught_up" doc:"The platform has read all control events there were when it started."`
	At           time.Time      `json:"at"`
}

// Attention is one thing that needs a person.
type Attention struct {
	Kind   string `json:"kind" enum:"instance,data_product,port,breach"`
	ID     string `json:"id"`
	Status string `json:"status"`
	Cause  string `json:"cause,omitempty" doc:"Why, where it is known."`
}

// DeadLetter is what is known of a rejected record without showing what is in it.
type DeadLetter struct {
	DataProduct string    `json:"data_product" doc:"The data product that rejected it."`
	Topic       string    `json:"topic" doc:"The dead letter topic."`
	Partition   int32     `json:"partition"`
	Offset      int64     `json:"offset"`
	At          time.Time `json:"at" doc:"When it was set aside."`
	Reason      string    `json:"reason" doc:"The code of the rejection, such as rule.broken."`
	Rule        string    `json:"rule,omitempty" doc:"The contract's rule, where one was broken."`
	Field       string    `json:"field,omitempty" doc:"The path of the field to blame, never its value."`
	Message     string    `json:"message,omitempty"`
	Origin      Origin    `json:"origin"`
	SchemaID    int       `json:"schema_id,omitempty"`
	Attempt     int       `json:"attempt" doc:"0 for the first rejection; each replay adds one."`
	Size        int       `json:"size" doc:"Bytes of the value."`
	Replay      *Replay   `json:"replay,omitempty" doc:"How it was sent back; absent where it was not."`
}

// Replay is how a dead letter was sent back to the data product that rejected it.
type Replay struct {
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Fate    string    `json:"fate" enum:"waiting,rejected again,went through" doc:"waiting: the data product has not come to it yet; went through: published, or dropped by a filter."`
	Reason  string    `json:"reason,omitempty" doc:"Why it was rejected again."`
}

// Origin is where a dead letter was first: its identity.
type Origin struct {
	Topic     string     `json:"topic"`
	Partition int32      `json:"partition"`
	Offset    int64      `json:"offset"`
	Timestamp *time.Time `json:"timestamp,omitempty"`
}

// DeadLetterList is one page of dead letters, the newest first.
type DeadLetterList struct {
	Items []DeadLetter `json:"items" nullable:"false"`
	Next  string       `json:"next,omitempty" doc:"Give it as cursor to get older ones; absent at the end."`
}
