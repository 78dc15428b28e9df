package traffic

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The campaign desk publishes what marketing plans and runs.

// campaign is what becomes of one campaign.
type campaign struct {
	id       string
	name     string
	channel  string
	category string // "" = the whole range
	budget   Money
	discount Money
	starts   int64
	ends     int64
	changes  []campaignChange
}

type campaignChange struct {
	at    int64
	state string
}

// campaigns invents two campaigns a month for as long as the file has orders.
func campaigns(s *shop) []campaign {
	first := s.calendar.base
	for i := range s.stories {
		first = min(first, s.stories[i].at[placed])
	}
	var all []campaign
	for start := first; start < s.calendar.base; start += 15 * day {
		r := random(s.seed, streamCampaign, uint64(len(all)))
		c := newCampaign(r, len(all)+1, start+between(r, 0, 10*day))
		c.changes = []campaignChange{
			{c.starts - between(r, 10*day, 30*day), "planned"},
			{c.starts, "running"},
		}
		if chance(r, 0.2) {
			c.changes = append(c.changes, campaignChange{c.starts + 2*day, "paused"}, campaignChange{c.starts + 4*day, "running"})
		}
		c.changes = append(c.changes, campaignChange{c.ends, "finished"})
		all = append(all, c)
	}
	return all
}

func newCampaign(r *rand.Rand, number int, starts int64) campaign {
	c := campaign{
		id:       fmt.Sprintf("CMP-%d-%04d", at(starts).Year(), number%10_000),
		channel:  pick(r, "email", "search", "social", "print"),
		budget:   Money(5+r.IntN(200)) * 100 * moneyScale,
		discount: pick[Money](r, 500, 1000, 1500, 2000, 3000),
		starts:   starts,
		ends:     starts + between(r, 5*day, 15*day),
	}
	what := "the whole range"
	if chance(r, 0.7) {
		c.category = pick(r, "furniture", "officeSupplies", "technology")
		what = map[string]string{"furniture": "furniture", "officeSupplies": "office supplies", "technology": "technology"}[c.category]
	}
	c.name = fmt.Sprintf("%s: %d %% off %s", at(starts).Format("January 2006"), c.discount/100, what)
	return c
}

func campaignDeskAgenda(s *shop) []entry {
	var agenda []entry
	for i := range s.campaigns {
		for n, change := range s.campaigns[i].changes {
			agenda = append(agenda, entry{at: change.at, which: int32(i), part: int16(n)})
		}
	}
	return agenda
}

func campaignDeskEvent(s *shop, e entry) Event {
	c := &s.campaigns[e.which]
	return campaignEvent(c, int(e.part)+1, c.changes[e.part])
}

// campaignsEvery is how often the live phase plans a campaign, in ticks; it starts and ends some ticks later.
const campaignsEvery = 30

var campaignSteps = []struct {
	after int64
	state string
}{{0, "planned"}, {10, "running"}, {100, "finished"}}

func campaignDeskLive(s *shop, t tick) []Event {
	var events []Event
	for n, step := range campaignSteps {
		due := t.n - step.after
		if due < 0 || due%campaignsEvery != 0 {
			continue
		}
		number := due / campaignsEvery
		r := random(s.seed, streamCampaign, uint64(len(s.campaigns))+uint64(number))
		c := newCampaign(r, len(s.campaigns)+1+int(number), t.now+day)
		events = append(events, campaignEvent(&c, n+1, campaignChange{t.now, step.state}))
	}
	return events
}

func campaignEvent(c *campaign, revision int, change campaignChange) Event {
	v := &CampaignEvent{
		CampaignID: c.id,
		Revision:   int32(revision),
		Name:       c.name,
		State:      change.state,
		Channel:    c.channel,
		Owner:      pointer("marketing-team"),
		Budget:     c.budget.Rat(),
		Currency:   currency,
		Discount:   c.discount.Rat(),
		StartsOn:   at(c.starts).Truncate(24 * time.Hour),
		EndsOn:     at(c.ends).Truncate(24 * time.Hour),
		ChangedAt:  at(change.at),
	}
	if c.category != "" {
		v.Category = &c.category
	}
	return Event{Port: "campaigns", At: v.ChangedAt, Key: v.CampaignID, Value: v}
}
