package traffic

import (
	"fmt"
	"strings"
	"time"
)

// The CRM publishes customers' profiles.

// customer is what becomes of one customer's profile.
type customer struct {
	id       string
	name     string
	segment  string
	phone    string // "" = not given
	internal bool
	signedUp int64
	changes  []profileChange
}

type profileChange struct {
	at      int64
	kind    string
	address ShipTo
	consent bool
}

// staff are the shop's own accounts for trying things out.
const staff = 6

// customers works out from the orders when customers signed up and moved. Most orders that go elsewhere are gifts:
// one in eight shows a move.
func customers(s *shop, inOrder []int) []customer {
	var all []customer
	known := map[string]int{}
	for _, i := range inOrder {
		o, when := &s.orders[i], s.stories[i].at[placed]
		n, ok := known[o.CustomerID]
		if !ok {
			known[o.CustomerID] = len(all)
			all = append(all, s.signUp(len(all), o, when))
			continue
		}
		c := &all[n]
		r := random(s.seed, streamCustomer, uint64(len(s.orders)+i))
		last := c.changes[len(c.changes)-1]
		change := profileChange{at: max(when-5*minute, last.at+second), address: last.address, consent: last.consent}
		switch {
		case o.ShipTo != last.address && chance(r, 0.125):
			change.kind, change.address = "updated", o.ShipTo
		case chance(r, 0.03):
			change.kind, change.consent = "consentChanged", !last.consent
		default:
			continue
		}
		c.changes = append(c.changes, change)
	}
	for n := range staff {
		first := &s.orders[inOrder[n]]
		c := s.signUp(len(all), first, s.stories[inOrder[0]].at[placed]-int64(n)*hour)
		c.id, c.name, c.phone, c.internal = fmt.Sprintf("ZZ-%05d", n+1), fmt.Sprintf("Shop Staff %c", 'A'+n), "", true
		all = append(all, c)
	}
	return all
}

func (s *shop) signUp(n int, o *Order, ordered int64) customer {
	r := random(s.seed, streamCustomer, uint64(n))
	c := customer{id: o.CustomerID, name: o.CustomerName, segment: o.Segment}
	if chance(r, 0.7) {
		c.phone = fmt.Sprintf("+1555%07d", r.IntN(10_000_000))
	}
	c.signedUp = ordered - between(r, 5*minute, 2*hour)
	c.changes = []profileChange{{at: c.signedUp, kind: "created", address: o.ShipTo, consent: chance(r, 0.6)}}
	return c
}

func crmAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.customers {
		for n, change := range s.customers[i].changes {
			agenda = append(agenda, entry{at: change.at, which: int32(i), part: int16(n)})
		}
	}
	return agenda
}

func crmEvent(s *shop, e entry) Event {
	c := &s.customers[e.which]
	return profileEvent(c, int(e.part)+1, c.changes[e.part])
}

// profilesEvery is how often the live phase changes a profile, in ticks.
const profilesEvery = 5

// crmLive lets the customers change their consent in turn.
func crmLive(s *shop, t tick) []Event {
	if t.n%profilesEvery != 0 {
		return nil
	}
	n, count := t.n/profilesEvery, int64(len(s.customers))
	c := &s.customers[n*211%count]
	last, round := c.changes[len(c.changes)-1], n/count
	last.at, last.kind = t.now, "consentChanged"
	if round%2 == 0 {
		last.consent = !last.consent
	}
	return []Event{profileEvent(c, len(c.changes)+int(round)+1, last)}
}

func profileEvent(c *customer, revision int, change profileChange) Event {
	v := &CustomerProfile{
		CustomerID: c.id,
		Revision:   int32(revision),
		Change:     change.kind,
		Name:       c.name,
		Email:      pointer(email(c.name)),
		Segment:    c.segment,
		Address: HomeAddress{
			Country: change.address.Country, Region: change.address.Region, State: change.address.State,
			City: change.address.City, PostalCode: change.address.PostalCode,
		},
		MarketingConsent: change.consent,
		Internal:         c.internal,
		SignedUpOn:       at(c.signedUp).Truncate(24 * time.Hour),
		ChangedAt:        at(change.at),
	}
	if c.phone != "" {
		v.Phone = &c.phone
	}
	e := Event{Port: "profiles", At: v.ChangedAt, Key: v.CustomerID, Value: v}
	if c.internal {
		e.Tag = tagInternal
	}
	return e
}

// email invents an address from a name, under a domain that RFC 2606 keeps free.
func email(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z':
			b.WriteRune(c)
		case c == ' ':
			b.WriteByte('.')
		}
	}
	return b.String() + "@example.com"
}
