package traffic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Ledger says how far the shop came and what it published so far. It is the checkpoint of every transaction, so it is
// exactly as committed as the records that it counts.
type Ledger struct {
	Version int    `json:"v"`
	Seed    uint64 `json:"seed"`
	Base    int64  `json:"base"` // when the file's last order was placed, in Unix milliseconds: the first start
	Done    int    `json:"done"` // entries of the agenda
	Tick    int64  `json:"tick"` // the next live tick
	// Ports counts by the topic's output port; the shop's nine have nine names.
	Ports map[string]*Count `json:"ports"`
}

// Count is what was published on one port.
type Count struct {
	Good  int64            `json:"good"`
	Lines int64            `json:"lines,omitempty"` // of placed orders that are no tests
	Sales Money            `json:"sales,omitempty"` // of these lines
	Tags  map[string]int64 `json:"tags,omitempty"`  // good events with an outcome of their own
	Bad   classCounts      `json:"bad,omitempty"`   // on top of the good ones
}

// classCounts counts by class, in the order of classes: names would not fit a checkpoint.
type classCounts []int64

// Tags of good events whose outcome differs from that of the port's other events.
const (
	tagTest      = "test"      // a test order: filtered
	tagDraft     = "draft"     // a product that is still being entered: filtered
	tagTombstone = "tombstone" // a product that was discontinued
	tagInternal  = "internal"  // an account of the shop's staff: filtered
	tagRefund    = "refund"    // a payment that went back: another output port
)

const ledgerVersion = 1

// maxLedger is what a source's checkpoint holds, in bytes.
const maxLedger = 3000

func newLedger(seed uint64, base int64) *Ledger {
	return &Ledger{Version: ledgerVersion, Seed: seed, Base: base, Ports: map[string]*Count{}}
}

func (l *Ledger) port(name string) *Count {
	c := l.Ports[name]
	if c == nil {
		c = &Count{}
		l.Ports[name] = c
	}
	return c
}

// note counts a good event.
func (l *Ledger) note(e *Event) {
	c := l.port(e.Port)
	c.Good++
	if e.Tag != "" {
		if c.Tags == nil {
			c.Tags = map[string]int64{}
		}
		c.Tags[e.Tag]++
	}
	if e.Tag != tagTest {
		c.Lines += int64(e.Lines)
		c.Sales += e.Sales
	}
}

// noteBad counts a bad event.
func (l *Ledger) noteBad(port string, class Class) {
	c := l.port(port)
	if c.Bad == nil {
		c.Bad = make(classCounts, len(classes))
	}
	c.Bad[slices.Index(classes, class)]++
}

// BadEvents is how many bad events the port had.
func (c *Count) BadEvents() int64 {
	var n int64
	for _, m := range c.Bad {
		n += m
	}
	return n
}

func (l *Ledger) clone() *Ledger {
	c := *l
	c.Ports = make(map[string]*Count, len(l.Ports))
	for name, p := range l.Ports {
		q := *p
		q.Tags, q.Bad = maps.Clone(p.Tags), slices.Clone(p.Bad)
		c.Ports[name] = &q
	}
	return &c
}

func (l *Ledger) encode() ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("encode ledger: %w", err)
	}
	if len(text) > maxLedger {
		return nil, fmt.Errorf("the ledger has %d bytes; a checkpoint holds %d", len(text), maxLedger)
	}
	return text, nil
}

// decodeLedger reads a checkpoint. It refuses one of another version: going on from a position that is not understood
// would publish events twice.
func decodeLedger(text []byte) (*Ledger, error) {
	l := &Ledger{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(l)
	if err == nil && l.Version != ledgerVersion {
		err = fmt.Errorf("version %d, this program writes %d", l.Version, ledgerVersion)
	}
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something follows it")
	}
	for name, c := range l.Ports {
		if err == nil && (c == nil || len(c.Bad) != 0 && len(c.Bad) != len(classes)) {
			err = fmt.Errorf("port %s: the counts of bad events are of other classes", name)
		}
	}
	if err == nil && l.Ports == nil {
		l.Ports = map[string]*Count{}
	}
	if err != nil {
		return nil, fmt.Errorf("the stored ledger cannot be read (%w); start with another --data folder", err)
	}
	return l, nil
}
