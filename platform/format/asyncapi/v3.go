package asyncapi

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

const absent = strict.Absent

// version3 reads 3.x: channels by name, operations beside them that say what the application does.
func (r *reader) version3() {
	r.all(r.Root.Get("servers"), func(name string, v, _ contract.Value) {
		r.servers = append(r.servers, server{name, r.Inline(v)})
	})
	byPointer := make(map[string]*channel)
	r.all(r.Root.Get("channels"), func(key string, v, at contract.Value) {
		c := &channel{key: key, at: v, value: r.Inline(values.Without(v, "messages", "servers"))}
		for _, s := range v.Get("servers").Items {
			ref, _ := values.Ref(s)
			c.servers = append(c.servers, lastStep(ref))
		}
		for _, m := range v.Get("messages").Entries {
			r.message(c, m.Key, m.Value)
		}
		byPointer["channels/"+key] = c
		if ref, ok := values.Ref(at); ok {
			byPointer[pointer(ref)] = c
		}
		r.channels = append(r.channels, c)
	})
	r.all(r.Root.Get("operations"), func(id string, v, _ contract.Value) {
		ref, _ := values.Ref(v.Get("channel"))
		c, action := byPointer[pointer(ref)], values.TextOf(v.Get("action"))
		switch {
		case c == nil:
			r.Warn(v, "operation", "the operation's channel %s is none of channels: the operation is left out", strict.Quote(ref))
		case action != send && action != receive:
			r.Warn(v.Get("action"), "operation", "the action is %s: send and receive are known", strict.Quote(action))
		default:
			if reply := v.Get("reply"); reply.Kind != absent {
				r.Note(reply, "operation", "a reply has no place in a contract: it is left out")
			}
			rest := r.Inline(r.withTraits(values.Without(v, "channel", "action", "messages", "reply")))
			r.operations = append(r.operations, operation{id, action, c.key, rest})
		}
	})
}

// message adds a message to a channel.
func (r *reader) message(c *channel, key string, v contract.Value) {
	target := r.Follow(v)
	if target.Kind == absent {
		c.remote = true
		return
	}
	target = r.withTraits(target)
	payload := target.Get("payload")
	m := message{key, r.Inline(values.Without(target, "payload"))}
	if payload.Kind != absent {
		m.value = values.With(m.value, "payload", payload) // a schema may refer to itself, so it is followed where it is read
	}
	c.messages = append(c.messages, m)
}

// withTraits merges the traits of a message or operation under what it says itself.
func (r *reader) withTraits(v contract.Value) contract.Value {
	traits := v.Get("traits")
	if traits.Kind == absent {
		return v
	}
	var merged contract.Value
	for _, t := range r.list(traits) {
		if t.Kind == strict.Map {
			merged = values.Merge(merged, t)
		}
	}
	own := values.Without(v, "traits")
	out := values.Merge(merged, own)
	out.Position = v.Position
	return out
}

// pointer is a local reference without what it begins with.
func pointer(ref string) string {
	steps := strings.Split(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/")
	for i := range steps {
		steps[i] = values.Unescape(steps[i])
	}
	return strings.Join(steps, "/")
}

func lastStep(ref string) string {
	return values.Unescape(ref[strings.LastIndex(ref, "/")+1:])
}
