package traffic

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// Class is a way in which an event is bad.
type Class string

// The nine classes. Every one is certain to be rejected, with one reason, by every data product that reads the topic.
const (
	BadFrame            Class = "bad-frame"             // plain JSON, no schema id
	Truncated           Class = "truncated"             // the payload ends after the first field
	HugeLength          Class = "huge-length"           // the first field says that it is a terabyte long
	UnknownSchema       Class = "unknown-schema"        // a schema id that no registry gave out
	WrongType           Class = "wrong-type"            // written with a schema that has the event time as text
	RuleBroken          Class = "rule-broken"           // a value that the contract forbids
	MissingField        Class = "missing-field"         // null where the contract requires a value
	EventTimeImpossible Class = "event-time-impossible" // before 1970, or an hour from now
	EventTimeLate       Class = "event-time-late"       // older than the contract's lateness allows
)

var classes = []Class{BadFrame, Truncated, HugeLength, UnknownSchema, WrongType, RuleBroken, MissingField, EventTimeImpossible, EventTimeLate}

// reasons is what each class must end in.
var reasons = map[Class]fault.Reason{
	BadFrame:            fault.FrameBad,
	Truncated:           fault.AvroTruncated,
	HugeLength:          fault.AvroLength,
	UnknownSchema:       fault.SchemaUnknown,
	WrongType:           fault.SchemaIncompatible,
	RuleBroken:          fault.RuleBroken,
	MissingField:        fault.FieldRequired,
	EventTimeImpossible: fault.EventTimeImpossible,
	EventTimeLate:       fault.EventTimeLate,
}

// unknownSchemas are ids that no registry comes to give out. They are few, since each one is asked for.
var unknownSchemas = []int{2_000_000_011, 2_000_000_033, 2_000_000_077}

// due decides whether a bad event follows the port's nth good one, and of which class. The classes take turns, so that
// even a port with few events sees all of them.
func due(seed uint64, port string, ratio float64, c *Count) (Class, *rand.Rand, bool) {
	stream := uint64(streamBad)
	for _, b := range []byte(port) {
		stream = stream<<5 ^ stream>>3 ^ uint64(b)
	}
	r := random(seed, stream, uint64(c.Good))
	if !chance(r, ratio) {
		return "", nil, false
	}
	first := uint64(port[0]) + seed
	return classes[(first+uint64(c.BadEvents()))%uint64(len(classes))], r, true
}

// spoiled is a bad event's value, made from a good event of the same key that was published just before it. That good
// event makes a late one certain: the partition's newest event time is at least the good one's.
type spoiled struct {
	port     *portSpec
	class    Class
	good     Event
	lateness time.Duration // of the port's contract
	now      time.Time
	random   *rand.Rand
}

func (s *spoiled) value() ([]byte, error) {
	switch s.class {
	case BadFrame:
		return []byte(`{"id":"` + s.good.Key + `","note":"plain JSON, by a service that knows no schema"}`), nil
	case WrongType:
		return s.port.mistyped(s.good.Value)
	case RuleBroken:
		return s.port.encode(s.port.schemaID, s.port.breakRule(s.good.Value))
	case MissingField:
		return s.port.encode(s.port.schemaID, s.port.omit(s.good.Value))
	case EventTimeImpossible:
		at := s.now.Add(time.Hour)
		if s.random.IntN(2) == 0 {
			at = time.UnixMilli(-s.random.Int64N(1000*day) - 1)
		}
		return s.port.encode(s.port.schemaID, s.port.dated(s.good.Value, at.UTC()))
	case EventTimeLate:
		late := s.good.At.Add(-s.lateness - time.Duration(between(s.random, hour, 30*day))*time.Millisecond)
		return s.port.encode(s.port.schemaID, s.port.dated(s.good.Value, late))
	case UnknownSchema:
		return s.port.encode(pick(s.random, unknownSchemas...), s.good.Value)
	}
	value, err := s.port.encode(s.port.schemaID, s.good.Value)
	if err != nil {
		return nil, err
	}
	const frame = 5
	payload := value[frame:]
	// Every operational record begins with a string, its key.
	length, prefix := binary.Varint(payload)
	if s.class == Truncated {
		return value[:frame+prefix+int(length)], nil
	}
	spoilt := binary.AppendVarint(append([]byte{}, value[:frame]...), 1<<40)
	return append(spoilt, payload[prefix:]...), nil
}

// portSpec knows how to encode a port's events, and how to spoil them.
type portSpec struct {
	schemaID  int
	encode    func(schemaID int, event any) ([]byte, error)
	mistyped  func(event any) ([]byte, error)
	breakRule func(event any) any
	omit      func(event any) any
	dated     func(event any, at time.Time) any
}

// spoiler says how to spoil a T: each function changes a copy.
type spoiler[T any] struct {
	breakRule func(*T)
	omit      func(*T)
	date      func(*T, time.Time)
}

func (s spoiler[T]) spec(codec *avro.Codec[T], schemaID int, mistyped func(payload []byte) ([]byte, error)) *portSpec {
	changed := func(event any, change func(*T)) any {
		c := *event.(*T)
		change(&c)
		return &c
	}
	encode := func(schemaID int, event any) ([]byte, error) {
		return codec.Append(avro.AppendFrame(nil, schemaID), event.(*T))
	}
	return &portSpec{
		schemaID: schemaID,
		encode:   encode,
		mistyped: func(event any) ([]byte, error) {
			payload, err := codec.Append(nil, event.(*T))
			if err != nil {
				return nil, err
			}
			return mistyped(payload)
		},
		breakRule: func(event any) any { return changed(event, s.breakRule) },
		omit:      func(event any) any { return changed(event, s.omit) },
		dated:     func(event any, at time.Time) any { return changed(event, func(v *T) { s.date(v, at) }) },
	}
}

// How each port's events are spoiled.
var (
	spoilProduct = spoiler[ProductChange]{
		breakRule: func(p *ProductChange) { p.Revision = 0 },
		omit:      func(p *ProductChange) { p.SubCategory = nil },
		date:      func(p *ProductChange, at time.Time) { p.ChangedAt = at },
	}
	spoilPrice = spoiler[PriceChange]{
		breakRule: func(p *PriceChange) { p.Currency = "dollars" },
		omit:      func(p *PriceChange) { p.ApprovedBy = nil },
		date:      func(p *PriceChange, at time.Time) { p.ChangedAt = at },
	}
	spoilProfile = spoiler[CustomerProfile]{
		breakRule: func(p *CustomerProfile) { p.Revision = 0 },
		omit:      func(p *CustomerProfile) { p.Email = nil },
		date:      func(p *CustomerProfile, at time.Time) { p.ChangedAt = at },
	}
	spoilCampaign = spoiler[CampaignEvent]{
		breakRule: func(c *CampaignEvent) { c.Budget = Money(-1).Rat() },
		omit:      func(c *CampaignEvent) { c.Owner = nil },
		date:      func(c *CampaignEvent, at time.Time) { c.ChangedAt = at },
	}
	spoilPlaced = spoiler[PlacedOrder]{
		breakRule: func(p *PlacedOrder) { p.Total = Money(-1).Rat() },
		omit:      func(p *PlacedOrder) { p.CustomerID = nil },
		date:      func(p *PlacedOrder, at time.Time) { p.PlacedAt = at },
	}
	spoilStatus = spoiler[StatusChange]{
		breakRule: func(c *StatusChange) { c.Sequence = 0 },
		omit:      func(c *StatusChange) { c.Actor = nil },
		date:      func(c *StatusChange, at time.Time) { c.ChangedAt = at },
	}
	spoilPayment = spoiler[PaymentEvent]{
		breakRule: func(p *PaymentEvent) { p.Amount = Money(-1).Rat() },
		omit:      func(p *PaymentEvent) { p.OrderID = nil },
		date:      func(p *PaymentEvent, at time.Time) { p.OccurredAt = at },
	}
	spoilShipment = spoiler[ShipmentEvent]{
		breakRule: func(e *ShipmentEvent) { e.Sequence = 0 },
		omit:      func(e *ShipmentEvent) { e.Carrier = nil },
		date:      func(e *ShipmentEvent, at time.Time) { e.OccurredAt = at },
	}
	spoilTracking = spoiler[TrackingEvent]{
		breakRule: func(e *TrackingEvent) { e.Scan = "unknown" },
		omit:      func(e *TrackingEvent) { e.Location = nil },
		date:      func(e *TrackingEvent, at time.Time) { e.ScannedAt = at },
	}
)
