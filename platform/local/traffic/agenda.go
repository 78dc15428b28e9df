package traffic

import (
	"cmp"
	"slices"
)

// system is one of the shop's operational systems: a source data product, and what it has to say.
type system struct {
	folder string   // of the data product, below the contracts' root
	ports  []string // its output ports
	agenda func(*shop) []entry
	event  func(*shop, entry) Event
	live   func(*shop, tick) []Event
}

// systems are all six. The order is the one in which they are started and listed.
var systems = []system{
	{"catalog/pim", []string{"products", "prices"}, pimAgenda, pimEvent, pimLive},
	{"customer/crm", []string{"profiles"}, crmAgenda, crmEvent, crmLive},
	{"marketing/campaign-desk", []string{"campaigns"}, campaignDeskAgenda, campaignDeskEvent, campaignDeskLive},
	{"orders/checkout", []string{"placed", "status"}, checkoutAgenda, checkoutEvent, checkoutLive},
	{"payments/gateway", []string{"payments"}, gatewayAgenda, gatewayEvent, gatewayLive},
	{"fulfillment/warehouse", []string{"shipments", "tracking"}, warehouseAgenda, warehouseEvent, warehouseLive},
}

// newAgenda is everything that happens because of the file's orders, in event-time order, and how much of it is the
// backfill: what is due at the base. The rest comes in the live phase, when it is due.
func newAgenda(s *shop) (agenda []entry, backfill int) {
	for i := range systems {
		for _, e := range systems[i].agenda(s) {
			e.system = uint8(i)
			agenda = append(agenda, e)
		}
	}
	slices.SortFunc(agenda, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.system, b.system), cmp.Compare(a.which, b.which),
			cmp.Compare(a.what, b.what), cmp.Compare(a.part, b.part))
	})
	backfill, _ = slices.BinarySearchFunc(agenda, s.calendar.base+1, func(e entry, t int64) int { return cmp.Compare(e.at, t) })
	return agenda, backfill
}

func (s *shop) event(e entry) Event { return systems[e.system].event(s, e) }

// tick gives what all systems publish in one step of the live phase.
func (s *shop) tick(t tick) []Event {
	var events []Event
	for i := range systems {
		events = append(events, systems[i].live(s, t)...)
	}
	return events
}
