package asyncapi

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// document is an AsyncAPI file of any version, in the shape that 3.x has: references followed, traits merged, operations
// beside the channels and seen from the application.
type document struct {
	id         string
	info       contract.Value
	content    string // defaultContentType
	servers    []server
	channels   []*channel
	operations []operation
}

// server is one of servers.
type server struct {
	name  string
	value contract.Value
}

// channel is one of channels.
type channel struct {
	key      string
	value    contract.Value // without its messages and servers
	at       contract.Value // where it stands, for findings
	servers  []string       // nil: all of them
	messages []message
	remote   bool // its messages are outside the file
}

// message is one message of a channel.
type message struct {
	key   string
	value contract.Value // its payload is the schema, or an object of schemaFormat and schema
}

// operation is what the document's application does with a channel.
type operation struct {
	id      string
	action  string // send, receive
	channel string // the channel's key
	value   contract.Value
}

// The actions of the application.
const (
	send    = "send"
	receive = "receive"
)

// reader reads a file into the model.
type reader struct {
	*values.Document
	document
	properties int // that were described
	bytes      int // of the contracts
}

// Limits of what one file becomes: many channels may share one message.
const (
	maxProperties = 10_000
	maxBytes      = 8 << 20
)

// spend counts properties and bytes; false, with an error, where the file has had enough.
func (r *reader) spend(properties, bytes int) bool {
	if r.properties += properties; r.properties > maxProperties {
		r.Error(r.Root, "limit", "the topics of this file have more than %d properties: split it", maxProperties)
		return false
	}
	if r.bytes += bytes; r.bytes > maxBytes {
		r.Error(r.Root, "limit", "the contracts of this file have more than %d bytes: split it", maxBytes)
		return false
	}
	return true
}

// all follows every entry of an object: the key, what it leads to, and the entry itself.
func (r *reader) all(v contract.Value, each func(key string, value, at contract.Value)) {
	for _, e := range v.Entries {
		if target := r.Follow(e.Value); target.Kind != absent {
			each(e.Key, target, e.Value)
		}
	}
}

// list follows every item of a list.
func (r *reader) list(v contract.Value) []contract.Value {
	var items []contract.Value
	for _, item := range v.Items {
		if target := r.Follow(item); target.Kind != absent {
			items = append(items, target)
		}
	}
	return items
}
