package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// deprecation is what OLD says about the end of something.
type deprecation struct {
	declared bool
	end      time.Time // zero where it cannot be told
	over     bool      // the end has come
	retired  bool      // it was retired already, which was judged when it was
}

// String ends a sentence about what is gone.
func (d deprecation) String() string {
	switch {
	case d.retired:
		return "it was retired"
	case !d.declared:
		return "it was not deprecated"
	case d.end.IsZero():
		return "it was deprecated, but since when cannot be told here: say until when, with endOfSupport"
	case d.over:
		return "its deprecation ended on " + d.end.Format(time.DateOnly)
	}
	return "its deprecation runs until " + d.end.Format(time.DateOnly)
}

// advise replaces a rule's steps, of which a deprecation is the first, where it began already. Those that begin with "or"
// are another way, and stay.
func (d deprecation) advise(c *Change) {
	if !c.Notice || !d.declared {
		return
	}
	other := slices.DeleteFunc(slices.Clone(c.Steps), func(step string) bool { return !strings.HasPrefix(step, "or ") })
	if d.end.IsZero() {
		c.Steps = append([]string{"keep it, and say until when it is supported: slaProperties endOfSupport, at least the notice away", "do this when that day has come"}, other...)
		return
	}
	c.Steps = append([]string{"keep it until " + d.end.Format(time.DateOnly) + ", when its deprecation is over, and do this then"}, other...)
}

// until judges a deprecation by its announced end, or else by the notice since it began.
func (c *comparer) until(announced time.Time, since func() (time.Time, bool)) deprecation {
	d := deprecation{declared: true, end: announced}
	if d.end.IsZero() {
		if began, ok := since(); ok {
			d.end = began.Add(c.Notice)
		}
	}
	d.over = !d.end.IsZero() && !c.Now.IsZero() && !c.Now.Before(d.end)
	return d
}

func (c *comparer) deprecationOf(old *contract.Contract) deprecation {
	if isRetired(old.Status) {
		return deprecation{declared: true, over: true, retired: true}
	}
	if !isDeprecated(old.Status) {
		return deprecation{}
	}
	return c.until(announcedEnd(old, ""), func() (time.Time, bool) {
		return c.since(old.File, func(text []byte) bool {
			then, _ := contract.ParseContract(old.File, text)
			return then != nil && then.ID == old.ID && isDeprecated(then.Status)
		})
	})
}

// fieldDeprecation is a field's own, or its contract's.
func (c *comparer) fieldDeprecation(old *contract.Contract, f field) deprecation {
	if whole := c.deprecationOf(old); whole.over || !f.deprecated() {
		return whole
	}
	return c.until(announcedEnd(old, f.path), func() (time.Time, bool) {
		return c.since(old.File, func(text []byte) bool {
			then, _ := contract.ParseContract(old.File, text)
			return then != nil && then.ID == old.ID && slices.ContainsFunc(fieldsOf(then), func(g field) bool { return g.path == f.path && g.deprecated() })
		})
	})
}

func (c *comparer) productDeprecation(old *contract.DataProduct) deprecation {
	if isRetired(old.Status) {
		return deprecation{declared: true, over: true, retired: true}
	}
	if !isDeprecated(old.Status) && !old.Deprecated {
		return deprecation{}
	}
	return c.until(time.Time{}, func() (time.Time, bool) {
		return c.since(old.File, func(text []byte) bool {
			then, _ := contract.ParseDataProduct(old.File, text)
			return then != nil && then.ID == old.ID && (isDeprecated(then.Status) || then.Deprecated)
		})
	})
}

func (c *comparer) since(file string, holds func([]byte) bool) (time.Time, bool) {
	if c.before.History == nil {
		return time.Time{}, false
	}
	return c.before.History.Since(c.before.name(file), holds)
}

// announcedEnd is when support ends for the contract (field is ""), or for a field: its element is <object>.<field>.
func announcedEnd(c *contract.Contract, field string) time.Time {
	for i := range c.SLAProperties {
		p := &c.SLAProperties[i]
		_, element, _ := strings.Cut(p.Element, ".")
		if p.Property != "endOfSupport" || bare(element) != bare(field) {
			continue
		}
		return instant(*p)
	}
	return time.Time{}
}

// bare is a path as people write it too: without what says that it leads through items and values.
func bare(path string) string { return strings.NewReplacer("[]", "", "{}", "").Replace(path) }

func isDeprecated(status string) bool { return strings.EqualFold(status, "deprecated") }
func isRetired(status string) bool    { return strings.EqualFold(status, "retired") }

// isDraft tells whether a status promises nothing yet.
func isDraft(status string) bool {
	return strings.EqualFold(status, "draft") || strings.EqualFold(status, "proposed")
}
