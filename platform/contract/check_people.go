package contract

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// checkPeople looks at who a contract is about, and when: nothing runs by it, so that none of it is an error.
func (c *Contract) checkPeople(r *report) {
	servers := make(map[string]bool)
	for i := range c.Servers {
		s := &c.Servers[i]
		if s.Server != "" && servers[s.Server] {
			r.add(RuleDuplicate, SeverityWarning, s.Place, "server", "a second server is named %s: give each its own name", strict.Quote(s.Server))
		}
		servers[s.Server] = true
	}
	roles := make(map[string]bool)
	for i := range c.Roles {
		role := &c.Roles[i]
		if role.Role != "" && roles[role.Role] {
			r.add(RuleDuplicate, SeverityWarning, role.Place, "role", "a second role is named %s: give each its own name", strict.Quote(role.Role))
		}
		roles[role.Role] = true
	}
	if c.CreatedTs != "" {
		if _, err := time.Parse(time.RFC3339, c.CreatedTs); err != nil {
			r.add(RuleType, SeverityWarning, c.Place, "contractCreatedTs", "%s is no time: write it as in 2026-11-21T10:00:00Z", strict.Quote(c.CreatedTs))
		}
	}
	if n := numberOf(priceOf(c)); n != nil && n.Sign() < 0 {
		r.add(RuleType, SeverityWarning, c.Price.Place, "priceAmount", "a price is never below 0")
	}
	if c.Team == nil {
		return
	}
	for i := range c.Team.Members {
		c.Team.Members[i].check(r)
	}
}

func priceOf(c *Contract) Value {
	if c.Price == nil {
		return Value{}
	}
	return c.Price.Amount
}

// check wants days that are days, and in their order.
func (m *TeamMember) check(r *report) {
	day := func(key, text string) (time.Time, bool) {
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
		if text != "" {
			r.add(RuleType, SeverityWarning, m.Place, key, "%s is no day: write it as in 2026-11-21", strict.Quote(text))
		}
		return time.Time{}, false
	}
	in, came := day("dateIn", m.DateIn)
	out, went := day("dateOut", m.DateOut)
	if came && went && out.Before(in) {
		r.add(RuleType, SeverityWarning, m.Place, "dateOut", "is before dateIn: change one of them")
	}
}
