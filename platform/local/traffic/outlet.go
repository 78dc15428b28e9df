package traffic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// DataProducts are the shop's six source data products.
func DataProducts() []dataproduct.Product {
	return []dataproduct.Product{
		dataproduct.Source("catalog/pim", dataproduct.Out[ProductChange]("products"), dataproduct.Out[PriceChange]("prices")),
		dataproduct.Source("customer/crm", dataproduct.Out[CustomerProfile]("profiles")),
		dataproduct.Source("marketing/campaign-desk", dataproduct.Out[CampaignEvent]("campaigns")),
		dataproduct.Source("orders/checkout", dataproduct.Out[PlacedOrder]("placed"), dataproduct.Out[StatusChange]("status")),
		dataproduct.Source("payments/gateway", dataproduct.Out[PaymentEvent]("payments")),
		dataproduct.Source("fulfillment/warehouse", dataproduct.Out[ShipmentEvent]("shipments"), dataproduct.Out[TrackingEvent]("tracking")),
	}
}

// outlet is one output port of the shop: it publishes good events through the port's Publisher, which checks them, and
// bad ones beside it.
type outlet struct {
	topic    string
	lateness time.Duration
	add      func(*dataproduct.Tx, *Event) error
	spec     *portSpec
}

// outlets are all nine, by port.
type outlets map[string]*outlet

// opening is what opening an outlet takes.
type opening struct {
	source    *dataproduct.SourceInstance
	contracts *contract.Set
	registry  *registry.Client
}

func openOutlets(ctx context.Context, o opening) (outlets, error) {
	all := outlets{}
	err := errors.Join(
		attach(ctx, o, all, "products", spoilProduct),
		attach(ctx, o, all, "prices", spoilPrice),
		attach(ctx, o, all, "profiles", spoilProfile),
		attach(ctx, o, all, "campaigns", spoilCampaign),
		attach(ctx, o, all, "placed", spoilPlaced),
		attach(ctx, o, all, "status", spoilStatus),
		attach(ctx, o, all, "payments", spoilPayment),
		attach(ctx, o, all, "shipments", spoilShipment),
		attach(ctx, o, all, "tracking", spoilTracking),
	)
	if err != nil {
		return nil, err
	}
	return all, nil
}

func attach[T any](ctx context.Context, o opening, all outlets, port string, spoil spoiler[T]) error {
	topic := topics[port]
	c, err := contractOf(o.contracts, topic)
	if err != nil {
		return err
	}
	publisher, err := dataproduct.NewPublisher(o.source, dataproduct.Out[T](port))
	if err != nil {
		return err
	}
	codec, err := avro.NewCodec[T](c.Schema())
	if err != nil {
		return fmt.Errorf("port %s: %w", topic, err)
	}
	latest, err := o.registry.Latest(ctx, topic+"-value")
	if err != nil {
		return err
	}
	mistype := mistyper{registry: o.registry, schema: c.Schema(), field: c.EventTime()}
	all[port] = &outlet{
		topic:    topic,
		lateness: c.Lateness(),
		spec:     spoil.spec(codec, latest.ID, func(payload []byte) ([]byte, error) { return mistype.value(ctx, payload) }),
		add: func(tx *dataproduct.Tx, e *Event) error {
			if e.Value == nil {
				tx.Raw(&kafka.Record{Topic: topic, Key: []byte(e.Key)})
				return nil
			}
			return publisher.Add(tx, e.Value.(*T))
		},
	}
	return nil
}

func contractOf(set *contract.Set, topic string) (*contract.Contract, error) {
	for _, c := range set.Contracts() {
		if c.Topic() == topic {
			return c, nil
		}
	}
	return nil, fmt.Errorf("no contract has the topic %s", topic)
}

// mistyper writes a port's events as a careless service would: with a schema of its own, in which the event time is
// text. The registry has nothing against it, since the service registered it under the record's name instead of the
// topic's.
type mistyper struct {
	registry *registry.Client
	schema   *avro.Schema
	field    []string // the event time's

	careless *avro.Schema
	id       int
	good     *avro.Program
}

func (m *mistyper) value(ctx context.Context, payload []byte) ([]byte, error) {
	if m.careless == nil {
		if err := m.register(ctx); err != nil {
			return nil, fmt.Errorf("register a careless service's schema: %w", err)
		}
	}
	event, err := m.good.Decode(payload)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(event) // times are text here already
	if err != nil {
		return nil, err
	}
	encoded, err := avro.EncodeJSON(m.careless, text)
	if err != nil {
		return nil, err
	}
	return append(avro.AppendFrame(nil, m.id), encoded...), nil
}

func (m *mistyper) register(ctx context.Context) error {
	good, err := avro.Compile(m.schema, avro.Options{})
	if err != nil {
		return err
	}
	text, err := withTextTime(m.schema.String(), m.field[0])
	if err != nil {
		return err
	}
	careless, err := avro.Parse(text)
	if err != nil {
		return err
	}
	id, err := m.registry.Register(ctx, carelessSubject(m.schema), careless)
	if err != nil {
		return err
	}
	m.good, m.careless, m.id = good, careless, id
	return nil
}

// carelessSubject is the record name strategy's: where a service registers that does not think of topics.
func carelessSubject(s *avro.Schema) string { return s.Name() }

// withTextTime gives the schema with one field's type replaced by string.
func withTextTime(schema, field string) ([]byte, error) {
	var record map[string]any
	if err := json.Unmarshal([]byte(schema), &record); err != nil {
		return nil, err
	}
	fields, _ := record["fields"].([]any)
	for _, f := range fields {
		if f, ok := f.(map[string]any); ok && f["name"] == field {
			f["type"] = "string"
			return json.Marshal(record)
		}
	}
	return nil, fmt.Errorf("the schema has no field %s", field)
}

// Subjects are the registry subjects that the traffic itself makes, beside those of its output ports: one for each
// careless service.
func Subjects(contracts *contract.Set) ([]string, error) {
	var subjects []string
	for _, topic := range topics {
		c, err := contractOf(contracts, topic)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, carelessSubject(c.Schema()))
	}
	return subjects, nil
}
