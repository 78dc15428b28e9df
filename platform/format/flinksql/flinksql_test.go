package flinksql_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/format/flinksql"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	write  = flag.String("write", "", "a folder to write every statement to, for Flink's own parser")
)

func keep(t *testing.T, name string, sql []byte) {
	t.Helper()
	if *write == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*write, name+".sql"), sql, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestContracts(t *testing.T) {
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	upserts := 0
	for _, c := range set.Contracts() {
		p, _, _ := set.Publisher(c.ID)
		sql, findings := flinksql.Export(c, p)
		for _, f := range findings {
			if f.Rule == flinksql.RuleColumn || contract.HasErrors(findings) {
				t.Error(f)
			}
		}
		table, err := parse(string(sql))
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.File, err, sql)
		}
		if len(table.columns) != len(c.Schema().Fields())+table.computed || table.name != c.Topic() {
			t.Errorf("%s: %+v", c.File, table)
		}
		if (table.primary != "") != (c.Compacted() && table.options["connector"] == "upsert-kafka") {
			t.Errorf("%s: %+v", c.File, table)
		}
		if table.primary != "" {
			upserts++
		}
		if len(c.EventTime()) > 0 && table.watermark == "" {
			t.Error(c.File, "has no watermark")
		}
		checkReader(t, table, c.Schema())
		keep(t, c.Topic(), sql)
	}
	if upserts == 0 {
		t.Error("no upsert table")
	}
}

// checkReader wants a schema to read with that can read what the contract's writes.
func checkReader(t *testing.T, table *table, writer *avro.Schema) {
	t.Helper()
	reader, err := avro.Parse([]byte(table.options["value.avro-confluent.schema"]))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range avro.CanRead(reader, writer) {
		if !strings.Contains(f.Message, "null") { // a key that the contract requires
			t.Errorf("%s: %s: %s", table.name, f.Path, f.Message)
		}
	}
	if table.options["properties.isolation.level"] != "read_committed" {
		t.Error(table.options)
	}
}

func bound(t *testing.T, properties, custom, fields string) *contract.Contract {
	t.Helper()
	text := `{apiVersion: v3.2.0, kind: DataContract, id: "urn:datamesh:a:b:c:1", version: 1.0.0, name: "C\n; DROP TABLE x; --", status: active, domain: a, team: {name: t},
  description: {purpose: "It's\n a 'test' \\ -- of /* quoting */"},
  servers: [{server: s, type: kafka, host: "broker:9092", customProperties: [{property: schemaRegistryUrl, value: "http://registry:8081"}]}],
  customProperties: [` + custom + `],
  schema: [{name: T, physicalName: a.b.c.v1, physicalType: topic, properties: [` + properties + `]}]}`
	c, findings := contract.ParseContract("c.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	if fields != "" {
		c.Bind("c.avsc", []byte(`{"type":"record","name":"a.b.T","fields":[`+fields+`]}`))
		if c.Schema() == nil {
			t.Fatal("no schema")
		}
	}
	return c
}

const everyType = `
  {"name":"order","type":"string","default":"x"},{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":["null","long"],"default":null},{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"raw","type":"bytes"},
  {"name":"fx","type":{"type":"fixed","name":"Hash","size":16}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}},
  {"name":"m","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}},{"name":"huge","type":{"type":"bytes","logicalType":"decimal","precision":60,"scale":4}},
  {"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"tm","type":{"type":"int","logicalType":"time-millis"}},{"name":"tu","type":{"type":"long","logicalType":"time-micros"}},
  {"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"tsu","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"tsn","type":["null",{"type":"long","logicalType":"timestamp-nanos"}]},{"name":"lt","type":{"type":"long","logicalType":"local-timestamp-millis"}},
  {"name":"id","type":{"type":"string","logicalType":"uuid"}},{"name":"wait","type":{"type":"fixed","name":"W","size":12,"logicalType":"duration"}},
  {"name":"home","type":{"type":"record","name":"Home","fields":[{"name":"city","type":["null","string"],"default":null},{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}},{"name":"second","type":["null","Home"],"default":null},
  {"name":"list","type":{"type":"array","items":["null",{"type":"record","name":"Line","fields":[{"name":"again","type":["null","Line"]},{"name":"n","type":"int"}]}]}},
  {"name":"counts","type":{"type":"map","values":{"type":"array","items":"long"}}},
  {"name":"odd","type":["int","string"]},{"name":"nothing","type":"null"},{"name":"self","type":["null","T"]},{"name":"empty","type":{"type":"record","name":"None","fields":[]}},{"name":"event_time","type":"int"}`

func TestGolden(t *testing.T) {
	properties := "{name: order, logicalType: string, description: \"It's\\n the `order`\", classification: pii}"
	for name, custom := range map[string]string{
		"every-type": `{property: tidemark.eventTime, value: home.at}, {property: tidemark.lateness, value: P400D}`,
		"upsert":     `{property: tidemark.key, value: l}, {property: tidemark.compacted, value: true}, {property: tidemark.eventTime, value: tsu}`,
		"no-upsert":  `{property: tidemark.key, value: home.city}, {property: tidemark.compacted, value: true}, {property: tidemark.eventTime, value: day}, {property: tidemark.lateness, value: PT1.5S}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := bound(t, properties, custom, everyType)
			sql, findings := flinksql.Export(c, &contract.DataProduct{ID: "a.b", Version: "1.0.0"})
			table, err := parse(string(sql))
			if err != nil {
				t.Fatalf("%v\n%s", err, sql)
			}
			checkReader(t, table, c.Schema())
			keep(t, name, sql)
			for _, f := range findings {
				sql = fmt.Appendf(sql, "-- %s\n", f)
			}
			goldentest.Equal(t, "testdata/"+name+".sql", sql, *update)
		})
	}
}

// A contract of every kind of rule, with and without its schema, and one without anything.
func TestGenerated(t *testing.T) {
	fields := strings.TrimSuffix(contracttest.Fields(), ",")
	var properties []string
	for i, k := range contracttest.Kinds() {
		properties = append(properties, fmt.Sprintf("{name: f%d, %s}", i, k.Property))
	}
	for _, avsc := range []string{fields, ""} {
		c := bound(t, strings.Join(properties, ", "), `{property: tidemark.key, value: f0}`, avsc)
		sql, _ := flinksql.Export(c, nil)
		table, err := parse(string(sql))
		if err != nil || len(table.columns) != len(properties) {
			t.Errorf("%v\n%s", err, sql)
		}
		keep(t, fmt.Sprintf("generated-%d", len(avsc)), sql)
	}
	if sql, findings := flinksql.Export(&contract.Contract{}, nil); sql != nil || !contract.HasErrors(findings) {
		t.Errorf("%s %v", sql, findings)
	}
}

// Texts of a contract stay texts.
func TestHostileTexts(t *testing.T) {
	for _, hostile := range []string{"'); DROP TABLE x; --", "\n'); DROP TABLE x;\n--", "`", "``; --", "*/ DROP TABLE x", "\u2028DROP", "\\'); x", "\x00\x85"} {
		c := bound(t, "{name: order, logicalType: string}", "", "")
		c.Name, c.ID, c.Version, c.Description.Purpose = hostile, hostile, hostile, hostile
		c.Objects[0].PhysicalName, c.Objects[0].Properties[0].Description = hostile, hostile
		c.Servers[0].Host = hostile
		c.Objects[0].Properties[0].Classification = hostile
		sql, _ := flinksql.Export(c, &contract.DataProduct{ID: hostile, Version: hostile})
		table, err := parse(string(sql))
		if err != nil || table.name != hostile || table.options["topic"] != hostile || table.options["properties.bootstrap.servers"] != hostile {
			t.Errorf("%q: %v %+v\n%s", hostile, err, table, sql)
		}
	}
}
