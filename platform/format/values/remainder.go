package values

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Equal tells whether two values say the same: the order of an object's keys and the places in a file do not count.
func Equal(a, b contract.Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Entries) != len(b.Entries) {
		return false
	}
	for i := range a.Items {
		if !Equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, e := range a.Entries {
		other := b.Get(e.Key)
		if other.Kind == strict.Absent || !Equal(e.Value, other) {
			return false
		}
	}
	return true
}

// Remainder is what has to be put on carried to make full of it; absent where they are equal. Restore does so.
//
// Objects are compared by key, and a key that only carried has is null. Lists whose items all have names (the first of
// property, server, username, channel and name that every item has, none twice) are compared by name and become an object by
// name: a name that only carried has is null. Any other list that differs is there as a whole. An object in place of such a list is
// under the name "".
func Remainder(full, carried contract.Value) contract.Value {
	switch {
	case Equal(full, carried):
		return contract.Value{}
	case full.Kind == strict.Map && carried.Kind == strict.Map:
		return objectRemainder(full, carried)
	case full.Kind == strict.List && carried.Kind == strict.List:
		if key, ok := nameKey(carried.Items); ok && named(full.Items, key) {
			return listRemainder(full, carried, key)
		}
	case full.Kind == strict.Map && carried.Kind == strict.List:
		if _, ok := nameKey(carried.Items); ok { // an object alone would be taken for one by name
			return Object(Key("", full))
		}
	}
	return full
}

func objectRemainder(full, carried contract.Value) contract.Value {
	rest := contract.Value{Kind: strict.Map}
	for _, e := range full.Entries {
		if r := Remainder(e.Value, carried.Get(e.Key)); r.Kind != strict.Absent {
			rest.Entries = append(rest.Entries, strict.Entry{Key: e.Key, Value: r})
		}
	}
	for _, e := range carried.Entries {
		if full.Get(e.Key).Kind == strict.Absent {
			rest.Entries = append(rest.Entries, strict.Entry{Key: e.Key, Value: null()})
		}
	}
	return rest
}

func listRemainder(full, carried contract.Value, key string) contract.Value {
	rest := contract.Value{Kind: strict.Map}
	ordered := slices.Equal(restoredOrder(full.Items, carried.Items, key), names(full.Items, key))
	for _, item := range full.Items {
		name := item.Get(key).Text
		r := item
		if i := find(carried.Items, key, name); i >= 0 {
			r = Remainder(item, carried.Items[i])
			if r.Kind == strict.Absent && !ordered {
				r = contract.Value{Kind: strict.Map}
			}
		}
		if r.Kind != strict.Absent {
			rest.Entries = append(rest.Entries, strict.Entry{Key: name, Value: r})
		}
	}
	for _, item := range carried.Items {
		if name := item.Get(key).Text; find(full.Items, key, name) < 0 {
			rest.Entries = append(rest.Entries, strict.Entry{Key: name, Value: null()})
		}
	}
	return rest
}

// Restore puts a Remainder on what was carried. What does not fit (somebody has edited either) is taken as it stands in
// rest.
func Restore(carried, rest contract.Value) contract.Value {
	switch {
	case rest.Kind == strict.Absent:
		return carried
	case rest.Kind == strict.Map && carried.Kind == strict.Map:
		return restoreObject(carried, rest)
	case rest.Kind == strict.Map && carried.Kind == strict.List:
		if key, ok := nameKey(carried.Items); ok && len(rest.Entries) == 1 && rest.Entries[0].Key == "" {
			return rest.Entries[0].Value
		} else if ok {
			return restoreList(carried, rest, key)
		}
	}
	return rest
}

func restoreObject(carried, rest contract.Value) contract.Value {
	object := contract.Value{Kind: strict.Map}
	for _, e := range carried.Entries {
		r := rest.Get(e.Key)
		if r.Kind != strict.Null {
			object.Entries = append(object.Entries, strict.Entry{Key: e.Key, Value: Restore(e.Value, r)})
		}
	}
	for _, e := range rest.Entries {
		if carried.Get(e.Key).Kind == strict.Absent {
			object.Entries = append(object.Entries, e)
		}
	}
	return object
}

func restoreList(carried, rest contract.Value, key string) contract.Value {
	restored := make(map[string]contract.Value)
	var names []string
	add := func(name string, v contract.Value) {
		if _, ok := restored[name]; !ok {
			names = append(names, name)
		}
		restored[name] = v
	}
	for _, item := range carried.Items {
		add(item.Get(key).Text, item)
	}
	all := true // whether rest names every item, and so their order
	for _, name := range names {
		all = all && rest.Get(name).Kind != strict.Absent
	}
	if all {
		names = nil
	}
	for _, e := range rest.Entries {
		item, known := restored[e.Key]
		switch {
		case e.Value.Kind == strict.Null:
			delete(restored, e.Key)
			continue
		case known:
			restored[e.Key] = Restore(item, e.Value)
		default:
			restored[e.Key] = e.Value
		}
		if all || !known {
			names = append(names, e.Key)
		}
	}
	list := contract.Value{Kind: strict.List}
	for _, name := range names {
		if item, ok := restored[name]; ok {
			list.Items = append(list.Items, item)
		}
	}
	return list
}

func null() contract.Value { return contract.Value{Kind: strict.Null} }

// nameKey is the key by which items are told apart.
func nameKey(items []contract.Value) (key string, ok bool) {
	for _, key := range []string{"property", "server", "username", "channel", "name"} {
		if len(items) > 0 && named(items, key) {
			return key, true
		}
	}
	return "", false
}

// named tells whether every item has a name of its own under the key, in any case: readers refuse keys that differ in
// case only.
func named(items []contract.Value, key string) bool {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		name := item.Get(key)
		folded := strings.ToLower(strings.ToUpper(name.Text))
		if name.Kind != strict.Text || name.Text == "" || seen[folded] {
			return false
		}
		seen[folded] = true
	}
	return true
}

func find(items []contract.Value, key, name string) int {
	return slices.IndexFunc(items, func(v contract.Value) bool { return v.Get(key).Text == name })
}

func names(items []contract.Value, key string) []string {
	var names []string
	for _, item := range items {
		names = append(names, item.Get(key).Text)
	}
	return names
}

// restoredOrder is the order that restoring gives the items of full without being told: those that were carried, then
// the new ones.
func restoredOrder(full, carried []contract.Value, key string) []string {
	var order []string
	for _, name := range names(carried, key) {
		if find(full, key, name) >= 0 {
			order = append(order, name)
		}
	}
	for _, name := range names(full, key) {
		if find(carried, key, name) < 0 {
			order = append(order, name)
		}
	}
	return order
}
