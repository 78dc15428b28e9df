package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// published reads what the control topic holds of every data product and contract, in every version, by <id>@<version>.
// A topic that is not there yet holds nothing; what cannot be decoded is left out, as everybody does who reads it.
func (c *Cluster) published(ctx context.Context) (map[string]*event.Descriptor, error) {
	admin, err := kafka.NewAdmin(c.cfg.Kafka) // a new one: an old one may not know yet of a topic that was just made
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	ranges, err := scan.Bounds(ctx, admin, event.TopicProducts)
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what is published: %w", err)
	}
	newest := make(map[string]*event.Descriptor)
	for r, err := range scan.Records(ctx, c.cfg.Kafka, ranges) {
		if err != nil {
			return nil, fmt.Errorf("what is published: %w", err)
		}
		if len(r.Value) == 0 {
			delete(newest, string(r.Key))
			continue
		}
		e, err := c.codec.Decode(ctx, r.Topic, r.Value)
		if fault.KindOf(err) == fault.Transient {
			return nil, fmt.Errorf("what is published: %w", fromRegistry(err))
		}
		if d, ok := e.(*event.Descriptor); ok && err == nil {
			newest[d.Key()] = d
		}
	}
	return newest, nil
}

// known is what the mesh has had: by it things are told from each other that no contract names any more.
type known struct {
	products map[string]bool // ids
	inputs   map[string]bool // topics that some contract was about
}

// knownOf reads it from what is published, and from what is wanted now.
func knownOf(descriptors map[string]*event.Descriptor, w *Wanted) known {
	k := known{products: make(map[string]bool), inputs: make(map[string]bool)}
	for id := range w.products {
		k.products[id] = true
	}
	for topic := range w.external {
		k.inputs[topic] = true
	}
	for key, d := range descriptors {
		if d.Mode != "" {
			k.products[d.ID] = true
			continue
		}
		if wish, same := w.resources[Resource{Kind: Descriptor, Name: key}]; same && wish.to[propDigest] == digest(d.Document, d.Schema) {
			continue // it is in the contracts, which are read already
		}
		if c, _ := contract.ParseContract(d.ID, []byte(d.Document)); c != nil && c.Topic() != "" {
			k.inputs[c.Topic()] = true
		}
	}
	return k
}

// productOf is the data product that alone can have a topic of this name, <domain>.<product>.<port>.v<major>, .dlq or
// .retry; "" for none that is known.
func (k known) productOf(topic string) string {
	parts := strings.Split(topic, ".")
	if len(parts) < 3 {
		return ""
	}
	id := parts[0] + "." + parts[1]
	switch {
	case !k.products[id] || id == controlProduct:
		return ""
	case len(parts) == 3 && event.HoldsRejects(topic), len(parts) == 4 && versioned(parts[3]):
		return id
	}
	return ""
}

// groupProduct is the same for consumer groups, <domain>.<product>.v<major>, and with the colon, for transactional ids.
func (k known) groupProduct(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ":"), checkpoints)
	parts := strings.Split(name, ".")
	if len(parts) != 3 || !versioned(parts[2]) || !k.products[parts[0]+"."+parts[1]] {
		return ""
	}
	return parts[0] + "." + parts[1]
}

// versioned tells whether a name is v<major>.
func versioned(name string) bool {
	digits, ok := strings.CutPrefix(name, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
