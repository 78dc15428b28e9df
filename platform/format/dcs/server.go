package dcs

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// servers reads the servers, which a map or a list names.
func (i *importer) servers() {
	servers := i.root.takeIf("servers", func(v contract.Value) bool { return isMap(v) || isList(v) })
	var list []contract.Value
	for _, e := range servers.Entries {
		list = append(list, i.server(e.Key, e.Value))
	}
	for _, item := range servers.Items {
		name := item.Get("server")
		if name.Kind == strict.Absent {
			name = item.Get("name")
		}
		list = append(list, i.server(name.Text, item))
	}
	i.out.set("servers", listOf(slices.DeleteFunc(list, func(v contract.Value) bool { return v.Kind == strict.Absent })))
}

// server is one server. A type that ODCS does not have, and one that lacks what ODCS asks of it, is of ODCS's type custom, which
// may have any key and must have none.
func (i *importer) server(name string, v contract.Value) contract.Value {
	if !isMap(v) || name == "" {
		i.at(contract.SeverityWarning, RuleServer, v, "a server is an object with a name: left out")
		return contract.Value{}
	}
	s, out := keysOf(v), built{}
	out.set("server", textOf(name))
	given := s.take("type")
	kind := strings.ToLower(given.Text)
	types := contract.ServerKeys()
	row, known := types[kind]
	if !known || kind == "custom" {
		kind = "custom"
	} else if missing := lacks(row, v); len(missing) > 0 {
		i.at(contract.SeverityWarning, RuleServer, v, "a server of type %s needs %s: read as one of type custom", kind, strings.Join(missing, " and "))
		kind = "custom"
	}
	if kind != given.Text {
		out.keep("type", given)
	}
	out.set("type", textOf(kind))
	for key := range strings.FieldsSeq(types[kind]) {
		key = strings.TrimSuffix(key, "*")
		out.set(key, asText(s.takeIf(key, serverKey(key))))
		if key == "port" {
			out.set(key, portOf(v.Get(key)))
		}
	}
	out.set("description", asText(s.takeIf("description", isScalar)))
	out.set("environment", asText(s.takeIf("environment", isScalar)))
	out.set("roles", i.serverRoles(s))
	if kind == "kafka" && isText(v.Get("topic")) && v.Get("topic").Text == i.topic() {
		s.take("topic") // it is the schema object's physicalName
	}
	own := keysOf(s.takeIf("odcs", isMap))
	if url := s.takeIf("schemaRegistryUrl", isText); url.Kind != strict.Absent {
		out.set("customProperties", listOf([]contract.Value{mapOf("property", textOf("schemaRegistryUrl"), "value", url)}))
	}
	for _, e := range s.rest() {
		if !slices.Contains([]string{"server", "name"}, e.Key) || i.root.Get("servers").Kind == strict.Map {
			out.keep(e.Key, e.Value)
		}
	}
	i.own(&out, own)
	return out.value()
}

func serverKey(key string) func(contract.Value) bool {
	if key == "port" {
		return func(v contract.Value) bool { return portOf(v).Kind != strict.Absent }
	}
	return isScalar
}

// portOf is a port's number; files write it as text too.
func portOf(v contract.Value) contract.Value {
	if v.Kind != strict.Integer && v.Kind != strict.Text || !countText.MatchString(v.Text) {
		return contract.Value{}
	}
	return contract.Value{Kind: strict.Integer, Text: v.Text}
}

// lacks are the keys that a server must have and does not.
func lacks(row string, v contract.Value) (missing []string) {
	for key := range strings.FieldsSeq(row) {
		if name, must := strings.CutSuffix(key, "*"); must && !serverKey(name)(v.Get(name)) {
			missing = append(missing, name)
		}
	}
	return missing
}

// serverRoles are roles by name here and by role there.
func (i *importer) serverRoles(s *keys) contract.Value {
	roles := s.takeIf("roles", func(v contract.Value) bool {
		return isList(v) && !slices.ContainsFunc(v.Items, func(r contract.Value) bool { return !isText(r.Get("name")) })
	})
	var list []contract.Value
	for _, item := range roles.Items {
		role, out := keysOf(item), built{}
		out.set("role", role.take("name"))
		out.set("description", asText(role.takeIf("description", isScalar)))
		own := keysOf(role.takeIf("odcs", isMap))
		for _, e := range role.rest() {
			out.keep(e.Key, e.Value)
		}
		i.own(&out, own)
		list = append(list, out.value())
	}
	return listOf(list)
}

// topic is what the one model is in Kafka: the topic of the first Kafka server that names one. "" where there are several
// models, or no topic.
func (i *importer) topic() string {
	if models := i.root.Get("models"); isMap(models) && len(models.Entries) != 1 {
		return ""
	}
	servers := i.root.Get("servers")
	for n := range max(len(servers.Entries), len(servers.Items)) {
		var server contract.Value
		if isMap(servers) {
			server = servers.Entries[n].Value
		} else {
			server = servers.Items[n]
		}
		if strings.EqualFold(server.Get("type").Text, "kafka") && isText(server.Get("topic")) {
			return server.Get("topic").Text
		}
	}
	return ""
}
