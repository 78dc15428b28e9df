package dpds

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// leaves completes the standard definitions of a port: files leave out the name and the version that the standard's schema wants,
// and what was a reference to such a one is written out.
func (w *writer) leaves(port contract.Value) contract.Value {
	for group, keys := range map[string][]string{
		"promises":     {"api", "deprecationPolicy", "slo"},
		"expectations": {"audience", "usage"},
		"obligations":  {"termsAndConditions", "billingPolicy", "sla"},
	} {
		of := port.Get(group)
		for _, key := range keys {
			if v := of.Get(key); v.Kind == strict.Map {
				of = values.With(of, key, complete(v, key, values.TextOf(port.Get("version"))))
			}
		}
		port = values.With(port, group, of)
	}
	return port
}

// complete is a standard definition with what it must have. A reference stays one.
func complete(v contract.Value, name, version string) contract.Value {
	if _, ok := values.Ref(v); ok {
		return v
	}
	described := v.Get("description")
	if described.Kind != strict.Text {
		described = contract.Value{Kind: strict.Map}
	}
	return values.Under(v, values.Object(
		values.Key("name", values.Text(name)),
		values.Key("version", values.Text(version)),
		values.Key("specification", values.Text("custom")),
		values.Key("definition", described),
	))
}

// completeInternal completes the templates of the lifecycle's tasks, and the components' versions.
func (w *writer) completeInternal(v contract.Value) contract.Value {
	for _, stage := range v.Get("lifecycleInfo").Entries {
		tasks := stage.Value
		tasks.Items = append([]contract.Value(nil), tasks.Items...)
		for i, task := range tasks.Items {
			if t := task.Get("template"); t.Kind == strict.Map {
				tasks.Items[i] = values.With(task, "template", complete(t, "template", w.version))
			}
		}
		v = values.With(v, "lifecycleInfo", values.With(v.Get("lifecycleInfo"), stage.Key, tasks))
	}
	for _, key := range []string{"applicationComponents", "infrastructuralComponents"} {
		list := v.Get(key)
		list.Items = append([]contract.Value(nil), list.Items...)
		for i, c := range list.Items {
			if _, ok := values.Ref(c); !ok && c.Kind == strict.Map {
				list.Items[i] = values.Under(c, values.Object(values.Key("version", values.Text(w.version))))
			}
		}
		v = values.With(v, key, list)
	}
	return v
}
