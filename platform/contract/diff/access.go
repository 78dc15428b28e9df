package diff

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// roles compares which roles give which access: everywhere, or on one server. in is whose they are, in NEW.
func (d *contractDiff) roles(on string, old, now []contract.Role, in contract.Place) {
	find := func(in []contract.Role, name string) int {
		return slices.IndexFunc(in, func(r contract.Role) bool { return r.Role == name })
	}
	for _, o := range old {
		i := find(now, o.Role)
		if i < 0 {
			d.was("access.role-removed", spot{o.Place, "role"}, spot{in, "roles"}, "the role %s%s is gone", o.Role, on)
			continue
		}
		n := now[i]
		if o.Access != n.Access {
			d.at("access.role-changed", n.Place, "access", "the role %s%s gives %s, gave %s", n.Role, on, orNone(n.Access), orNone(o.Access))
		}
		if keys := differing(o, n, "Access"); len(keys) > 0 {
			rule := "doc.changed"
			if slices.Contains(keys, "firstLevelApprovers") || slices.Contains(keys, "secondLevelApprovers") {
				rule = "access.approvers"
			}
			d.at(rule, n.Place, keys[0], "%s", differ(keys, "the role "+n.Role+on))
		}
	}
	for _, n := range now {
		if find(old, n.Role) < 0 {
			d.at("access.role-added", n.Place, "role", "the role %s%s is new", n.Role, on)
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
			d.was("server.removed", spot{o.Place, "server"}, spot{d.now.Place, "servers"}, "the server %s is gone", o.Server)
			continue
		}
		n := d.now.Servers[i]
		d.roles(" on the server "+n.Server, o.Roles, n.Roles, n.Place)
		if keys := differing(o, n, "ID", "Description", "Roles"); len(keys) > 0 {
			d.at("server.changed", n.Place, keys[0], "%s", differ(keys, "the server "+n.Server))
		} else if keys := differing(o, n, "Roles"); len(keys) > 0 {
			d.at("doc.changed", n.Place, keys[0], "%s", differ(keys, "the server "+n.Server))
		}
	}
	for _, n := range d.now.Servers {
		if find(d.old.Servers, n.Server) < 0 {
			d.at("server.added", n.Place, "server", "the server %s is new", n.Server)
		}
	}
}
