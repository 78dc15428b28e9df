package diff

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// roles compares which roles give which access.
func (d *contractDiff) roles() {
	find := func(in []contract.Role, name string) int {
		return slices.IndexFunc(in, func(r contract.Role) bool { return r.Role == name })
	}
	for _, o := range d.old.Roles {
		i := find(d.now.Roles, o.Role)
		if i < 0 {
			d.was("access.role-removed", o.Place, "role", "the role %s is gone", o.Role)
			continue
		}
		n := d.now.Roles[i]
		if o.Access != n.Access {
			d.at("access.role-changed", n.Place, "access", "the role %s gives %s, gave %s", n.Role, orNone(n.Access), orNone(o.Access))
		}
		if keys := differing(o, n, "Access"); len(keys) > 0 {
			rule := "doc.changed"
			if slices.Contains(keys, "firstLevelApprovers") || slices.Contains(keys, "secondLevelApprovers") {
				rule = "access.approvers"
			}
			d.at(rule, n.Place, keys[0], "%s", differ(keys, "the role "+n.Role))
		}
	}
	for _, n := range d.now.Roles {
		if find(d.old.Roles, n.Role) < 0 {
			d.at("access.role-added", n.Place, "role", "the role %s is new", n.Role)
		}
	}
}

// classification compares who may see a field.
func (d *contractDiff) classification(old, now field) {
	if old.Classification == now.Classification {
		return
	}
	before, after := isMasked(old.Classification), isMasked(now.Classification)
	rule := "access.classification"
	if !before && after {
		rule = "access.classified"
	} else if before && !after {
		rule = "access.declassified"
	}
	d.at(rule, now.Place, "classification", "%s is %s, was %s", now.path, orNone(now.Classification), orNone(old.Classification))
}

// isMasked: every classification but public and internal is masked, one that nobody knows too.
func isMasked(classification string) bool {
	switch strings.ToLower(classification) {
	case "", "public", "internal":
		return false
	}
	return true
}

// servers compares where the data is.
func (d *contractDiff) servers() {
	find := func(in []contract.Server, name string) int {
		return slices.IndexFunc(in, func(s contract.Server) bool { return s.Server == name })
	}
	for _, o := range d.old.Servers {
		i := find(d.now.Servers, o.Server)
		if i < 0 {
			d.was("server.removed", o.Place, "server", "the server %s is gone", o.Server)
			continue
		}
		n := d.now.Servers[i]
		if keys := differing(o, n, "ID", "Description", "Roles"); len(keys) > 0 {
			d.at("server.changed", n.Place, keys[0], "%s", differ(keys, "the server "+n.Server))
		} else if keys := differing(o, n); len(keys) > 0 {
			d.at("doc.changed", n.Place, keys[0], "%s", differ(keys, "the server "+n.Server))
		}
	}
	for _, n := range d.now.Servers {
		if find(d.old.Servers, n.Server) < 0 {
			d.at("server.added", n.Place, "server", "the server %s is new", n.Server)
		}
	}
}
