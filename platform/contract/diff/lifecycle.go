package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// lifecycle compares the status, and when the contract or a field of it ends.
func (d *contractDiff) lifecycle() {
	if !isRetired(d.old.Status) && isRetired(d.now.Status) {
		end := d.deprecationOf(d.old)
		rule := "contract.removed"
		if end.over || isDraft(d.old.Status) || isUnstable(d.old.Version) {
			rule = "contract.retired"
		}
		d.at(rule, d.now.Place, "status", "%s is retired; %s", d.now.ID, end)
		end.advise(&d.pair.Changes[len(d.pair.Changes)-1])
	} else {
		d.status(d.old.Status, d.now.Status, d.deprecationOf(d.old), d.now.Place)
	}
	d.supported()
}

// status compares statuses of which none is a retirement. What may go may be a draft again too.
func (d *pairDiff) status(old, now string, end deprecation, in contract.Place) {
	rule := statusRule(old, now)
	if rule == "lifecycle.withdrawn" && end.over {
		rule = "lifecycle.status"
	}
	if rule != "" {
		d.at(rule, in, "status", "the status is %s, was %s", orNone(now), orNone(old))
		end.advise(&d.pair.Changes[len(d.pair.Changes)-1])
	}
}

// statusRule is the rule of a change of status, "" where there is none; retirement is for who knows the deprecation.
func statusRule(old, now string) string {
	switch {
	case strings.EqualFold(old, now):
		return ""
	case isDeprecated(now):
		return "lifecycle.deprecated"
	case isDeprecated(old) && !isDraft(now):
		return "lifecycle.restored"
	case isDraft(old) && !isDraft(now):
		return "lifecycle.activated"
	case !isDraft(old) && isDraft(now):
		return "lifecycle.withdrawn"
	}
	return "lifecycle.status"
}

// supported compares endOfSupport and endOfLife.
func (d *contractDiff) supported() {
	old, now := endsOf(d.old), endsOf(d.now)
	for _, o := range old {
		i := slices.IndexFunc(now, func(n contract.SLAProperty) bool { return promiseKey(n) == promiseKey(o) })
		if i < 0 && o.Element != "" && !d.hasElement(o.Element) {
			continue // it went with what it was about
		}
		if i < 0 {
			d.was("lifecycle.end-later", spot{o.Place, "property"}, spot{d.now.Place, "slaProperties"}, "%s is not announced any more, was %s", promiseKey(o), o.Value.Text)
			continue
		}
		n := now[i]
		before, after := instant(o), instant(n)
		switch {
		case before.Equal(after):
		case after.Before(before):
			d.at("lifecycle.end-earlier", n.Place, "value", "%s is %s, was %s", promiseKey(n), n.Value.Text, o.Value.Text)
		default:
			d.at("lifecycle.end-later", n.Place, "value", "%s is %s, was %s", promiseKey(n), n.Value.Text, o.Value.Text)
		}
	}
	for _, n := range now {
		if !slices.ContainsFunc(old, func(o contract.SLAProperty) bool { return promiseKey(o) == promiseKey(n) }) {
			rule := "lifecycle.end-announced"
			if end := instant(n); !end.IsZero() && !d.Now.IsZero() && end.Before(d.Now.Add(d.Notice)) {
				rule = "lifecycle.end-too-soon"
			}
			d.at(rule, n.Place, "value", "%s is %s", promiseKey(n), n.Value.Text)
		}
	}
}

// hasElement tells whether NEW has what a promise is about: <object>, or <object>.<field>.
func (d *contractDiff) hasElement(element string) bool {
	_, name, ok := strings.Cut(element, ".")
	return !ok || slices.ContainsFunc(fieldsOf(d.now), func(f field) bool { return bare(f.path) == bare(name) })
}

func endsOf(c *contract.Contract) []contract.SLAProperty {
	return slices.DeleteFunc(slices.Clone(c.SLAProperties), func(p contract.SLAProperty) bool {
		return p.Property != "endOfSupport" && p.Property != "endOfLife"
	})
}

// instant is a time or a date as the standard writes it; zero for anything else.
func instant(p contract.SLAProperty) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, p.Value.Text); err == nil {
			return t
		}
	}
	return time.Time{}
}
