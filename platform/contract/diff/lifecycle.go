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
		if end.over || isDraft(d.old.Status) {
			rule = "contract.retired"
		}
		d.at(rule, d.now.Place, "status", "%s is retired; %s", d.now.ID, end)
	} else if rule := statusRule(d.old.Status, d.now.Status); rule != "" {
		d.at(rule, d.now.Place, "status", "the status is %s, was %s", orNone(d.now.Status), orNone(d.old.Status))
	}
	d.ends()
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

// ends compares endOfSupport and endOfLife.
func (d *contractDiff) ends() {
	old, now := endsOf(d.old), endsOf(d.now)
	for _, o := range old {
		i := slices.IndexFunc(now, func(n contract.SLAProperty) bool { return promiseKey(n) == promiseKey(o) })
		if i < 0 && o.Element != "" && !d.hasElement(o.Element) {
			continue // it went with what it was about
		}
		if i < 0 {
			d.was("lifecycle.end-later", o.Place, "property", "%s is not announced any more, was %s", promiseKey(o), o.Value.Text)
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
	_, field, ok := strings.Cut(element, ".")
	return !ok || d.fieldNamed(field) != nil
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
