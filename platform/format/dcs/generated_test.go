package dcs_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// generator makes documents of contracts.
type generator struct {
	*rand.Rand
	forge bool // custom properties in our name that no import makes
}

type value = contract.Value

func text(s string) value       { return value{Kind: strict.Text, Text: s} }
func number(n int) value        { return value{Kind: strict.Integer, Text: strconv.Itoa(n)} }
func decimal(s string) value    { return value{Kind: strict.Decimal, Text: s} }
func truth(b bool) value        { return value{Kind: strict.Bool, Text: strconv.FormatBool(b)} }
func list(items ...value) value { return value{Kind: strict.List, Items: items} }

func object(pairs ...any) value {
	v := value{Kind: strict.Map}
	for i := 0; i < len(pairs); i += 2 {
		if item := pairs[i+1].(value); item.Kind != strict.Absent {
			v.Entries = append(v.Entries, strict.Entry{Key: pairs[i].(string), Value: item})
		}
	}
	return v
}

// maybe is a value, or none.
func (g generator) maybe(v value) value {
	if g.IntN(3) == 0 {
		return value{}
	}
	return v
}

func (g generator) one(items ...value) value { return items[g.IntN(len(items))] }

func (g generator) word() value {
	return g.one(text("orders"), text("the newest"), text("NO"), text("1.0"), text("2026-11-21"), text("two\nlines"), text("ünï: #code"), text("{a: b}"), text(" "))
}

func (g generator) custom() value {
	ours := g.one(text("dcs.x"), text("dcs.odcs"), text("dcs.fields"), text("dcs.lineage"), text("dcs.models"))
	if g.forge {
		ours = g.one(text("dcs.examples"), text("dcs.enum"), text("dcs.required"), text("dcs.type"), text("dcs.config"), text("dcs.sla"), text("dcs.info"), text("dcs.definitions"), text("dcs.pii"),
			text("dcs.servicelevels.frequency"), text("dcs.terms.policies"), text("dcs.info.owner"), text("dcs.info.contact.email"), text("dcs.$ref"), text("dcs.arguments"), text("dcs.description"))
	}
	return g.maybe(list(object("property", text("cost"), "value", g.one(g.word(), number(3), list(number(1), text("a")), object("a", truth(true)))),
		object("property", ours,
			"value", g.one(number(1), list(text("a")), list(number(1)), object("type", text("x")), object("avroType", number(1)), text("#/definitions/a")))))
}

func (g generator) definitions() value {
	return g.maybe(list(object("type", g.one(text("handbook"), text("two words")), "url", text("https://shop.example/a")),
		object("type", text("source"), "url", text("https://shop.example/b"), "description", g.maybe(g.word()))))
}

// quality is a rule. Which values are valid can be said of texts alone, that nothing else bounds.
func (g generator) quality(texts bool) value {
	bound := g.one(number(1), number(7), decimal("0.5"), decimal("2e1"))
	operator := g.one(text("mustNotBe"), text("mustBeGreaterThan"), text("mustBeLessOrEqualTo")).Text
	rule := g.one(
		object("metric", text("rowCount"), operator, bound),
		object("type", text("library"), "metric", text("nullValues"), "mustBeLessOrEqualTo", bound, "unit", g.maybe(text("percent"))),
		object("metric", text("invalidValues"), "arguments", object("validValues", list(text("a"), text("NO"))), "mustBe", number(0)),
		object("metric", text("invalidValues"), "arguments", object("validValues", list(text("a"))), "mustBe", number(0), "dimension", text("conformity"), "severity", text("error")),
		object("metric", text("missingValues"), "arguments", object("missingValues", list(text("n/a"), value{Kind: strict.Null})), "mustBeBetween", list(number(1), number(2))),
		object("type", text("text"), "description", g.word(), "name", g.maybe(text("a rule"))),
		object("type", text("text"), "name", g.maybe(text("a name"))),
		object("type", text("sql"), "query", text("SELECT 1"), operator, bound, "schedule", g.maybe(text("0 * * * *"))),
		object("type", text("sql"), "query", text("SELECT 1"), "mustBe", text("a")),
		object("type", text("custom"), "engine", text("cel"), "implementation", g.one(text("this.a > 1"), object("expression", text("1 > 0")))),
		object("type", text("custom"), "engine", text("soda"), "implementation", g.one(text("avg(a) > 1"), object("items", list(text("a"))), object("a", text("b")))),
	)
	if rule.Get("arguments").Get("validValues").Kind != strict.Absent && !texts {
		rule = object("metric", text("duplicateValues"), "mustBe", number(0), "severity", text("error"))
	}
	if c := g.custom(); c.Kind != strict.Absent {
		rule.Entries = append(rule.Entries, strict.Entry{Key: "customProperties", Value: c})
	}
	return rule
}

func (g generator) rules(texts bool) value { return g.maybe(list(g.quality(texts), g.quality(texts))) }

func (g generator) property(name string, depth int) value {
	var logical, physical, options, items, properties value
	kinds := 6
	if depth < 3 {
		kinds = 8
	}
	switch g.IntN(kinds) {
	case 0:
		logical, physical = text("string"), g.one(text("string"), text("varchar(20)"), text("enum"), text("uuid"), value{}, text("long"))
		options = g.maybe(object("minLength", g.maybe(number(0)), "maxLength", number(9), "format", g.maybe(text("email")), "pattern", g.maybe(text("^a"))))
	case 1:
		logical, physical = text("integer"), g.one(text("int"), text("long"), text("INT"), value{}, text("number(10,0)"))
		options = g.maybe(object("minimum", number(-3), "exclusiveMaximum", g.maybe(number(9)), "multipleOf", g.maybe(number(3)), "format", g.maybe(text("i32"))))
	case 2:
		logical, physical = text("number"), g.one(text("decimal(12,2)"), text("decimal(7)"), text("double"), value{}, text("NUMERIC (3, 1)"))
		options = g.maybe(object("minimum", decimal("0.5")))
	case 3:
		logical, physical = g.one(text("timestamp"), text("date"), text("time")), g.one(text("timestamp-millis"), text("date"), value{}, text("timestamp_tz"))
		options = g.maybe(object("minimum", text("2000-01-01"), "format", g.maybe(text("yyyy"))))
	case 4:
		logical, physical = text("boolean"), g.one(text("boolean"), value{})
	case 5:
		physical = g.one(text("geography"), value{}, text("null")) // a known type would get its logicalType
	case 6:
		logical, physical = text("array"), g.one(text("array"), value{}, text("array<string>"))
		items, options = g.property("", depth+1), g.maybe(object("minItems", number(1)))
	case 7:
		logical, physical = text("object"), g.one(text("record"), value{}, text("map"), text("struct"))
		properties = g.maybe(list(g.property("a", depth+1), g.property("b.c", depth+1)))
	}
	p := object("logicalType", logical, "physicalType", physical, "logicalTypeOptions", options, "items", items, "properties", properties,
		"required", g.maybe(truth(g.IntN(2) == 0)), "unique", g.maybe(truth(g.IntN(2) == 0)), "classification", g.maybe(g.one(text("pii"), text("PII"), text("internal"), text("odd"))),
		"businessName", g.maybe(g.word()), "description", g.maybe(g.word()), "examples", g.maybe(list(g.word(), number(1))), "tags", g.maybe(list(g.word())),
		"physicalName", g.maybe(text("col "+name)), "criticalDataElement", g.maybe(truth(true)), "transformSourceObjects", g.maybe(list(text("a.b.c"), text("d"))),
		"transformLogic", g.maybe(g.word()), "authoritativeDefinitions", g.definitions(), "customProperties", g.custom(), "quality", g.rules(logical.Text == "string" && options.Kind == strict.Absent),
		"relationships", g.maybe(list(object("type", g.maybe(text("foreignKey")), "to", g.one(text("orders.id"), text("schema/orders/properties/id"))))))
	if name != "" {
		p.Entries = append(p.Entries, strict.Entry{Key: "name", Value: text(name)})
	}
	return p
}

func (g generator) contract() value {
	var schema []value
	for i := range g.IntN(3) {
		properties := list(g.property("id", 0), g.property("no", 0), g.property("two words", 0), g.property("1", 0))
		if g.IntN(2) == 0 {
			for n := range 1 + g.IntN(2) {
				properties.Items[n].Entries = append(properties.Items[n].Entries, strict.Entry{Key: "primaryKey", Value: truth(true)},
					strict.Entry{Key: "primaryKeyPosition", Value: number(1 + (n+g.IntN(3))%3)})
			}
		}
		schema = append(schema, object("name", text(fmt.Sprintf("%s%d", g.one(text("orders"), text("public.orders "), text("Bestellung ü")).Text, i)),
			"physicalName", g.maybe(text("a.b.c.v1")), "physicalType", g.maybe(g.one(text("topic"), text("table"), text("materialized view"))), "logicalType", g.maybe(text("object")),
			"description", g.maybe(g.word()), "businessName", g.maybe(g.word()), "dataGranularityDescription", g.maybe(g.word()), "properties", properties,
			"quality", g.rules(false), "tags", g.maybe(list(g.word())), "authoritativeDefinitions", g.definitions(), "customProperties", g.custom()))
	}
	var sla []value
	for _, property := range []string{"freshness", "availability", "completeness", "retention", "frequency", "latency_p95", "support", "endOfLife"} {
		if g.IntN(2) == 0 {
			continue
		}
		v, unit := g.one(number(2), decimal("2.5")), g.one(text("hours"), text("d"), text("minutes"), text("months"))
		switch property {
		case "availability", "completeness":
			v, unit = g.one(decimal("99.9"), number(100)), text("percent")
			if g.IntN(3) == 0 {
				v, unit = decimal("0.99"), value{}
			}
		case "support":
			v, unit = g.one(text("5"), text("9 to 5"), truth(true), number(3), text("true")), g.maybe(text("lots"))
		case "endOfLife":
			v, unit = text("2032-01-01"), value{}
		case "frequency":
			if g.IntN(2) == 0 {
				v, unit = text("PT5M"), value{}
			}
		}
		sla = append(sla, object("property", text(property), "value", v, "unit", unit, "driver", g.maybe(text("operational")), "description", g.maybe(g.word()),
			"element", g.maybe(text("orders0.id")), "scheduler", g.maybe(text("cron")), "schedule", g.maybe(text("0 3 * * *"))))
	}
	servers := list(object("server", text("production"), "type", text("kafka"), "host", text("a:1"), "format", g.maybe(text("avro")), "environment", g.maybe(g.word()), "customProperties", g.custom(),
		"roles", g.maybe(list(object("role", text("reader"), "access", g.maybe(text("read")), "description", g.maybe(g.word()))))),
		object("server", g.one(text("production"), text("test")), "type", text("postgres"), "host", text("b"), "port", number(1), "database", text("c"), "schema", text("NO"), "id", g.maybe(text("x"))))
	return object("apiVersion", text("v3.1.0"), "kind", text("DataContract"), "id", g.one(text("urn:x:1"), text("1")), "version", g.one(text("1.0"), text("1.0.0")), "status", text("active"),
		"name", g.maybe(g.word()), "domain", g.maybe(g.word()), "tenant", g.maybe(g.word()), "dataProduct", g.maybe(g.word()), "tags", g.maybe(list(g.word(), text("b"))),
		"description", g.maybe(object("usage", g.maybe(g.word()), "purpose", g.maybe(g.word()), "limitations", g.maybe(g.word()), "customProperties", g.custom())),
		"servers", g.maybe(servers), "schema", g.maybe(list(schema...)),
		"support", g.maybe(list(object("channel", text("#orders"), "tool", g.maybe(text("slack")), "url", g.maybe(text("https://chat/x"))), object("channel", text("mail"), "url", text("mailto:a@b.example")))),
		"team", g.maybe(object("name", text("orders-team"), "members", g.maybe(list(object("username", text("mara"), "role", text("owner")))))),
		"price", g.maybe(object("priceAmount", decimal("9.95"))), "roles", g.maybe(list(object("role", text("reader")))),
		"slaProperties", g.maybe(list(sla...)), "authoritativeDefinitions", g.definitions(), "customProperties", g.custom())
}

// Generated contracts become files that the standard takes, and come back as they were.
func TestGeneratedContracts(t *testing.T) {
	s := schema(t)
	for seed := range uint64(60) {
		g := generator{rand.New(rand.NewPCG(seed, 1)), seed%3 == 0}
		written := g.contract().YAML()
		c, findings := contract.ParseContract("generated.odcs.yaml", written)
		if c == nil {
			t.Fatalf("seed %d: %v in\n%s", seed, findings, written)
		}
		exported, _ := dcs.Export(c, nil)
		valid(t, s, exported)
		if again, findings := dcs.Import("generated.yaml", exported); again == nil {
			t.Error(findings)
		} else if !g.forge {
			stable(t, "generated", c, exported)
		}
		plain, findings := dcs.PlainOf("generated.yaml", exported)
		if contract.HasErrors(findings) || len(plain.Get("schema").Get("fields").Items) != 4*len(c.Objects) {
			t.Errorf("%v: %d fields of %d objects", findings, len(plain.Get("schema").Get("fields").Items), len(c.Objects))
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, written)
		}
	}
}
