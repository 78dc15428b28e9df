package asyncapi

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// version2 reads 2.x: channels by address, each with what others may do there. publish means that others publish, so
// that the application receives; subscribe means that it sends.
func (r *reader) version2() {
	r.all(r.Root.Get("servers"), func(name string, v, _ contract.Value) {
		r.servers = append(r.servers, server{name, r.server2(v)})
	})
	r.all(r.Root.Get("channels"), func(address string, v, _ contract.Value) {
		c := &channel{key: address, at: v, servers: values.TextsOf(v.Get("servers"))}
		value := values.With(values.Without(v, "publish", "subscribe", "servers", "parameters"), "address", values.Text(address))
		c.value = values.With(r.Inline(value), "parameters", r.parameters2(v.Get("parameters")))
		r.channels = append(r.channels, c)
		r.operation2(c, v.Get("subscribe"), send)
		r.operation2(c, v.Get("publish"), receive)
	})
}

// server2 turns url into host and path, and names of security schemes into the schemes.
func (r *reader) server2(v contract.Value) contract.Value {
	address := values.TextOf(v.Get("url"))
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, path, _ := strings.Cut(address, "/")
	var schemes []contract.Value
	for _, requirement := range v.Get("security").Items {
		for _, e := range requirement.Entries {
			scheme := r.Follow(r.Root.Get("components").Get("securitySchemes").Get(e.Key))
			if scheme.Kind == strict.Map && values.TextOf(scheme.Get("type")) != "oauth2" { // whose scopes 3.x spells differently
				schemes = append(schemes, scheme)
			}
		}
	}
	own := r.Inline(values.Without(v, "url", "security"))
	own = values.With(own, "host", values.Text(host))
	if path != "" {
		own = values.With(own, "pathname", values.Text("/"+path))
	}
	return values.With(own, "security", r.Inline(values.List(schemes...)))
}

// parameters2 takes what 3.x keeps of a parameter's schema.
func (r *reader) parameters2(v contract.Value) contract.Value {
	var parameters contract.Value
	r.all(v, func(name string, p, _ contract.Value) {
		schema := r.Follow(p.Get("schema"))
		kept := values.Object(
			values.Key("description", values.Text(values.TextOf(p.Get("description")))),
			values.Key("location", values.Text(values.TextOf(p.Get("location")))),
			values.Key("enum", values.Texts(values.TextsOf(schema.Get("enum")))),
			values.Key("default", values.Text(values.TextOf(schema.Get("default")))),
			values.Key("examples", values.Texts(values.TextsOf(schema.Get("examples")))),
		)
		if kept.Kind == absent {
			kept = contract.Value{Kind: strict.Map}
		}
		parameters = values.With(parameters, name, kept)
	})
	return parameters
}

// operation2 adds what the application does with the channel, and the operation's messages to the channel.
func (r *reader) operation2(c *channel, v contract.Value, action string) {
	if v = r.Follow(v); v.Kind != strict.Map {
		return
	}
	v = r.withTraits2(v)
	id := values.TextOf(v.Get("operationId"))
	if id == "" {
		id = operationID(action, c.key)
	}
	r.operations = append(r.operations, operation{id, action, c.key, r.Inline(values.Without(v, "operationId", "message", "security"))})
	said := v.Get("message")
	if said.Kind == absent {
		return
	}
	direct := r.Follow(said)
	if direct.Kind == absent {
		c.remote = true
		return
	}
	if several := direct.Get("oneOf"); several.Kind == strict.List {
		for _, item := range several.Items {
			r.message2(c, item)
		}
		return
	}
	r.message2(c, said)
}

// message2 adds a message to a channel, unless the other operation has brought it already.
func (r *reader) message2(c *channel, v contract.Value) {
	ref, _ := values.Ref(v)
	target := r.Follow(v)
	if target.Kind == absent {
		c.remote = true
		return
	}
	target = r.withTraits2(target)
	key := lastStep(ref)
	for _, name := range []string{"messageId", "name"} {
		if key == "" {
			key = values.TextOf(target.Get(name))
		}
	}
	payload, format := target.Get("payload"), target.Get("schemaFormat")
	m := message{key, r.Inline(values.Without(target, "payload", "schemaFormat", "messageId"))}
	if format.Kind == strict.Text && payload.Kind != absent {
		at := payload
		payload = values.Object(values.Key("schemaFormat", format), values.Key("schema", payload))
		payload.Position = at.Position
	}
	m.value = values.With(m.value, "payload", payload)
	for _, known := range c.messages {
		if values.Equal(known.value, m.value) {
			return
		}
	}
	c.messages = append(c.messages, m)
}

// withTraits2 merges traits as 2.x does: over what the message or operation says itself.
func (r *reader) withTraits2(v contract.Value) contract.Value {
	traits := v.Get("traits")
	if traits.Kind == absent {
		return v
	}
	merged := values.Without(v, "traits")
	for _, t := range r.list(traits) {
		if t.Kind == strict.Map {
			merged = values.Merge(merged, t)
		}
	}
	merged.Position = v.Position
	return merged
}
