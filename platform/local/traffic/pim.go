package traffic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The product information system publishes the range and its prices.

// product is what becomes of one product of the range.
type product struct {
	id          string
	category    string
	subCategory string
	brand       string // "" = none
	changes     []productChange
	prices      []priceChange
	gone        int64 // when it was discontinued; 0 = it was not
}

type productChange struct {
	at    int64
	name  string
	draft bool
}

type priceChange struct {
	at     int64
	price  Money
	reason string
}

// byPlacement gives the indexes of the file's orders in the order in which they were placed.
func (s *shop) byPlacement() []int {
	order := make([]int, len(s.orders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.stories[a].at[placed], s.stories[b].at[placed]) })
	return order
}

// products works out from the orders when products were launched, renamed and given a new price: all this must
// have happened before the sale that shows it.
func products(s *shop, inOrder []int) []product {
	var all []product
	known := map[string]int{}
	lastSold := map[string]int64{}
	for _, i := range inOrder {
		sold := s.stories[i].at[placed]
		for l := range s.orders[i].Lines {
			line := &s.orders[i].Lines[l]
			n, ok := known[line.ProductID]
			if !ok {
				n = len(all)
				known[line.ProductID] = n
				all = append(all, s.launch(n, line, sold))
			} else {
				all[n].sold(line, sold)
			}
			lastSold[line.ProductID] = sold
		}
	}
	for i := range all {
		p := &all[i]
		if gone := lastSold[p.id] + 400*day; gone < s.calendar.base-200*day {
			p.gone = gone
		}
	}
	return all
}

// launch begins a product's life before its first sale. One in twenty was first saved as a draft.
func (s *shop) launch(n int, line *Line, sold int64) product {
	r := random(s.seed, streamProduct, uint64(n))
	p := product{id: line.ProductID, category: line.Category, subCategory: line.SubCategory}
	if brand, _, _ := strings.Cut(line.ProductName, " "); chance(r, 0.7) && isWord(brand) {
		p.brand = brand
	}
	on := sold - between(r, 2*hour, 40*day)
	if chance(r, 0.05) {
		p.changes = append(p.changes, productChange{at: on - between(r, hour, 5*day), name: line.ProductName, draft: true})
	}
	p.changes = append(p.changes, productChange{at: on, name: line.ProductName})
	p.prices = append(p.prices, priceChange{at: on + minute, price: line.listPrice(), reason: "launch"})
	return p
}

func isWord(text string) bool {
	return len(text) > 2 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// sold notes what a sale shows to have changed: the name, or the list price by more than a hundredth.
func (p *product) sold(line *Line, at int64) {
	// Two lines of one order may name a product differently: each change takes its own moment.
	if last := p.changes[len(p.changes)-1]; last.name != line.ProductName {
		p.changes = append(p.changes, productChange{at: max(at-2*minute, last.at+second), name: line.ProductName})
	}
	last, price := p.prices[len(p.prices)-1], line.listPrice()
	if difference := price - last.price; difference*100 > last.price || difference*100 < -last.price {
		reason := "cost"
		if difference < 0 {
			reason = "competition"
		}
		p.prices = append(p.prices, priceChange{at: max(at-minute, last.at+second), price: price, reason: reason})
	}
}

const (
	whatProduct uint8 = iota
	whatGone
	whatPrice
)

func pimAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.products {
		p, which := &s.products[i], int32(i)
		for n, change := range p.changes {
			agenda = append(agenda, entry{at: change.at, what: whatProduct, which: which, part: int16(n)})
		}
		for n, change := range p.prices {
			agenda = append(agenda, entry{at: change.at, what: whatPrice, which: which, part: int16(n)})
		}
		if p.gone != 0 {
			agenda = append(agenda, entry{at: p.gone, what: whatGone, which: which})
		}
	}
	return agenda
}

func pimEvent(s *shop, e entry) Event {
	p := &s.products[e.which]
	switch e.what {
	case whatGone:
		return goneEvent(p.id, e.at)
	case whatPrice:
		var previous Money
		if e.part > 0 {
			previous = p.prices[e.part-1].price
		}
		return priceEvent(p.id, p.prices[e.part], previous)
	}
	return productEvent(p, int(e.part)+1, p.changes[e.part])
}

// How often the live phase changes a price, and has a new product, in ticks.
const (
	pricesEvery   = 8
	productsEvery = 60
	onSaleAfter   = 15  // ticks from a new product's draft to its launch
	goneAfter     = 240 // ticks from its draft to its end
)

// pimLive changes the range's prices in turn, and has a new product now and then: first a draft, then on sale, in the
// end discontinued.
func pimLive(s *shop, t tick) []Event {
	var events []Event
	if t.n%pricesEvery == 0 {
		events = append(events, s.livePrice(t.n/pricesEvery, t.now))
	}
	for _, step := range []struct {
		after int64
		event func(n, now int64) Event
	}{
		{0, func(n, now int64) Event {
			return productEvent(newProduct(n), 1, productChange{now, newProductName(n), true})
		}},
		{onSaleAfter, func(n, now int64) Event {
			return productEvent(newProduct(n), 2, productChange{now, newProductName(n), false})
		}},
		{goneAfter, func(n, now int64) Event { return goneEvent(newProduct(n).id, now) }},
	} {
		if due := t.n - step.after; due >= 0 && due%productsEvery == 0 {
			events = append(events, step.event(due/productsEvery, t.now))
		}
	}
	return events
}

// livePrice is the nth live price change. Every product has its turn; its price stays within a tenth of the file's.
func (s *shop) livePrice(n, now int64) Event {
	p := &s.products[n*773%int64(len(s.products))]
	round := n / int64(len(s.products))
	base := p.prices[len(p.prices)-1].price
	price := func(round int64) Money {
		if round < 0 {
			return base
		}
		r := random(s.seed, streamTick, uint64(n%int64(len(s.products)))<<24|uint64(round))
		return max(base+base*Money(r.IntN(201)-100)/1000, 1)
	}
	change := priceChange{at: now, price: price(round), reason: "promotion"}
	return priceEvent(p.id, change, price(round-1))
}

func newProduct(n int64) *product {
	return &product{id: fmt.Sprintf("TEC-AC-2%07d", n), category: "technology", subCategory: "Accessories", brand: "Tidemark"}
}

func newProductName(n int64) string { return fmt.Sprintf("Tidemark Desk Gauge, Model %d", n+1) }

func productEvent(p *product, revision int, change productChange) Event {
	v := &ProductChange{
		ProductID:   p.id,
		Revision:    int32(revision),
		Name:        change.name,
		Category:    p.category,
		SubCategory: &p.subCategory,
		Draft:       change.draft,
		Attributes:  map[string]string{},
		ChangedAt:   at(change.at),
	}
	if p.brand != "" {
		v.Brand = &p.brand
	}
	if p.category == "technology" {
		v.Attributes["warranty"] = "24 months"
	}
	e := Event{Port: "products", At: v.ChangedAt, Key: v.ProductID, Value: v}
	if v.Draft {
		e.Tag = tagDraft
	}
	return e
}

func goneEvent(id string, millis int64) Event {
	return Event{Port: "products", At: at(millis), Key: id, Tag: tagTombstone}
}

func priceEvent(id string, change priceChange, previous Money) Event {
	v := &PriceChange{
		ProductID:  id,
		ListPrice:  change.price.Rat(),
		Currency:   currency,
		Reason:     change.reason,
		ApprovedBy: pointer("category-manager"),
		ValidFrom:  at(change.at),
		ChangedAt:  at(change.at),
	}
	if previous != 0 {
		v.PreviousPrice = pointer(previous.Rat())
	}
	return Event{Port: "prices", At: v.ChangedAt, Key: id, Value: v}
}
