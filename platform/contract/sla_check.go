package contract

import (
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// drivers are why a promise matters: the standard's list, which it does not close.
func drivers() []string { return []string{"regulatory", "analytics", "operational"} }

func (s *SLAProperty) checkDriver(r *report) {
	if s.Driver != "" && !slices.Contains(drivers(), s.Driver) {
		r.add(RuleSLA, SeverityWarning, s.Place, "driver", "%s is not a driver that the standard lists%s", strict.Quote(s.Driver), strict.Hint(s.Driver, drivers()))
	}
}

// checkOrder wants the times of a contract in the order in which they come. Those of single fields are theirs alone.
func (s *SLA) checkOrder(r *report, properties []SLAProperty) {
	times := []struct {
		property string
		at       time.Time
	}{{"generalAvailability", s.GeneralAvailability}, {"endOfSupport", s.EndOfSupport}, {"endOfLife", s.EndOfLife}}
	for i, later := range times {
	earlier:
		for _, earlier := range times[:i] {
			if later.at.IsZero() || !later.at.Before(earlier.at) {
				continue
			}
			for j := range properties {
				if p := &properties[j]; p.Property == later.property && !p.ofField() {
					r.at(RuleSLA, p.Place, "value", "%s is %s, before the %s of %s: change one of them", later.property, dateText(later.at), earlier.property, dateText(earlier.at))
					break earlier
				}
			}
		}
	}
}

// ofField tells whether a promise is about one field: <object>.<field>.
func (s *SLAProperty) ofField() bool { return strings.Contains(s.Element, ".") }

func dateText(t time.Time) string {
	if t.Equal(t.Truncate(day)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// Overdue says which ends of the contract are over, though its status does not say so: from then on the port is shown as
// deprecated, or retired, whatever the file says.
func (c *Contract) Overdue(now time.Time) []Finding {
	r := report{file: c.File, refused: c.refused, faulty: c.faulty}
	for i := range c.SLAProperties {
		p := &c.SLAProperties[i]
		var at time.Time
		var becomes string
		switch p.Property {
		case "endOfSupport":
			at, becomes = c.sla.EndOfSupport, "deprecated"
		case "endOfLife":
			at, becomes = c.sla.EndOfLife, "retired"
		}
		path, _ := p.At("value")
		if at.IsZero() || p.ofField() || !at.Before(now) || r.broken(path) || c.Status == becomes || c.Status == "retired" {
			continue
		}
		r.add(RuleSLA, SeverityWarning, p.Place, "value", "%s was %s: the port is %s since then, and the status is %s; say status: %s, or promise a later day",
			p.Property, dateText(at), becomes, strict.Quote(c.Status), becomes)
	}
	return r.findings
}

// promises says which of the contract's promises nothing keeps.
func (t *translator) promises() {
	if len(t.contract.SLAProperties) == 0 {
		return
	}
	readers := slaReaders()
	for i := range t.contract.SLAProperties {
		p := &t.contract.SLAProperties[i]
		if t.broken(p.Place.Path()) {
			continue // what it would promise is not known
		}
		reader, known := readers[p.Property]
		switch settings := t.contract.settings; {
		case !known && strict.Suggest(p.Property, sortedKeys(readers)) != "": // asked already whether that was meant
		case !known, reader.unjudged != "" && !reader.seenTo:
			t.unenforced(p.Place, "property", "%s: %s", p.Property, Unjudged(p.Property))
		case p.Property == "freshness" && settings.said["tidemark.eventTime"] == nil:
			t.unenforced(p.Place, "property", "freshness, since %s", FreshnessWithoutTime)
		case p.Property == "retention" && settings.compacted:
			t.unenforced(p.Place, "property", "retention, since the topic is compacted: it keeps the newest record of each key, however old")
		case reader.instant == nil && p.ofField() && !t.contract.ofEventTime(p):
			t.unenforced(p.Place, "element", "%s of %s alone: it is kept for the port as a whole", p.Property, strict.Quote(p.Element))
		}
		for _, key := range []string{"valueExt", "schedule"} {
			if p.Has(key) && known {
				t.unenforced(p.Place, key, "the %s of %s: nothing looks at it", key, p.Property)
			}
		}
	}
}

// ofEventTime tells whether a promise names the field that the port's freshness is measured by.
func (c *Contract) ofEventTime(p *SLAProperty) bool {
	_, field, _ := strings.Cut(p.Element, ".")
	if p.Property != "freshness" || len(c.Objects) == 0 {
		return false
	}
	_, path, ok := c.Objects[0].find(field)
	return ok && slices.Equal(path, c.settings.eventTime)
}
