package flinksql

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// The rules of this package's findings.
const (
	RuleTopic     = "format.flinksql.topic"     // a contract that is about no topic, or has no schema
	RuleColumn    = "format.flinksql.column"    // a field that SQL has no type for
	RuleKey       = "format.flinksql.key"       // a record key that is no column
	RuleServer    = "format.flinksql.server"    // no broker or registry to read from
	RuleWatermark = "format.flinksql.watermark" // an event time without a lateness
)

// Export writes the CREATE TABLE statement of a contract as it was parsed or loaded; p is the data product that publishes
// it, nil if it is not known. The text is nil, with an error among the findings, if there is no topic or no schema.
func Export(c *contract.Contract, p *contract.DataProduct) ([]byte, []contract.Finding) {
	s, findings := avsc.Of(c, c.Domain)
	e := exporter{contract: c, findings: findings}
	if s == nil || c.Topic() == "" {
		e.find(contract.SeverityError, RuleTopic, "the contract has no topic with a schema, which a table is made of")
		return nil, e.findings
	}
	e.plan = &plan{left: map[*avro.Schema]map[string]bool{}, state: map[*avro.Schema]int{}, key: map[string]bool{}, taken: map[string]bool{s.Name(): true}, root: s}
	e.plan.leave = func(path, why string) {
		e.find(contract.SeverityWarning, RuleColumn, "the field %s is left out, since SQL has no type for it: %s", path, why)
	}
	e.plan.look(s, "")
	key := e.key(s)
	columns := e.columns(s)
	if len(columns) == 0 || e.plan.count > maxTypes {
		e.find(contract.SeverityError, RuleColumn, "the table has no columns, or more than %d types with every use of one written out", maxTypes)
		return nil, e.findings
	}
	columns = append(append(columns, e.metadata()...), e.watermark(s)...)
	if key != "" {
		columns = append(columns, "PRIMARY KEY ("+identifier(key)+") NOT ENFORCED")
	}
	options, err := e.options(s, key)
	if err != nil {
		e.find(contract.SeverityError, RuleTopic, "%v", err)
		return nil, e.findings
	}
	return []byte(e.header(p) + "CREATE TABLE " + identifier(c.Topic()) + " (\n" + join(columns) + ")" + comment(purpose(c)) + " WITH (\n" + join(options) + ");\n"), e.findings
}

type exporter struct {
	contract *contract.Contract
	plan     *plan
	findings []contract.Finding
}

func (e *exporter) find(severity contract.Severity, rule, format string, args ...any) {
	e.findings = append(e.findings, contract.Finding{Rule: rule, Severity: severity, File: e.contract.File, Message: fmt.Sprintf(format, args...)})
}

// join indents a list's items and puts commas between them; a comment has none.
func join(items []string) string {
	last := 0
	for i, item := range items {
		if !strings.HasPrefix(item, "--") {
			last = i
		}
	}
	var b strings.Builder
	for i, item := range items {
		b.WriteString("  " + item)
		if i < last && !strings.HasPrefix(item, "--") {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (e *exporter) header(p *contract.DataProduct) string {
	c := e.contract
	about := fmt.Sprintf("-- %s: contract %s, version %s", line(c.Name), line(c.ID), line(c.Version))
	if p != nil {
		about += fmt.Sprintf("; data product %s, version %s", line(p.ID), line(p.Version))
	}
	if owner := c.Owner(); owner != "" {
		about += "; owner " + line(owner)
	}
	return about + "\n"
}

func purpose(c *contract.Contract) string {
	if c.Description == nil {
		return ""
	}
	return line(c.Description.Purpose)
}

func comment(text string) string {
	if text == "" {
		return ""
	}
	return " COMMENT " + literal(text)
}

// key is the column of the primary key, "" where there is none.
func (e *exporter) key(s *avro.Schema) string {
	if !e.contract.Compacted() {
		return ""
	}
	path := e.contract.Key()
	if len(path) != 1 || e.plan.left[s][path[0]] {
		e.find(contract.SeverityWarning, RuleKey, "the topic is compacted and its key %s is no column: the table is not an upsert table, and tombstones cannot be read", strings.Join(path, "."))
		return ""
	}
	e.plan.key[path[0]] = true
	return path[0]
}

func (e *exporter) columns(s *avro.Schema) (columns []string) {
	about := map[string]string{}
	for i := range e.contract.Objects {
		for j := range e.contract.Objects[i].Properties {
			p := &e.contract.Objects[i].Properties[j]
			name := p.Name
			if p.PhysicalName != "" {
				name = p.PhysicalName
			}
			about[name] = describe(p)
		}
	}
	for _, f := range e.plan.fields(s) {
		t := f.Type()
		if e.plan.key[f.Name()] {
			t = t.Value()
		}
		text := about[f.Name()]
		if text == "" {
			text = line(f.Doc())
		}
		columns = append(columns, identifier(f.Name())+" "+e.plan.sql(t, false)+comment(text))
	}
	return columns
}

// describe is what a reader of the table should know of a column.
func describe(p *contract.Property) string {
	text := line(p.Description)
	switch strings.ToLower(p.Classification) {
	case "", "public", "internal":
	default:
		text = strings.TrimSpace(text + " [" + line(p.Classification) + "]")
	}
	return text
}

// metadata are the columns that Kafka adds, for whoever wants them.
func (e *exporter) metadata() []string {
	return []string{
		"-- More of each record, if you need it:",
		"-- `kafka_headers` MAP<STRING NOT NULL, BYTES> METADATA FROM 'headers',",
		"-- `kafka_timestamp` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',",
		"-- `kafka_partition` INT METADATA FROM 'partition' VIRTUAL,",
		"-- `kafka_offset` BIGINT METADATA FROM 'offset' VIRTUAL,",
	}
}

// watermark is the event time's, with a computed column where the event time is no column that can carry one.
func (e *exporter) watermark(s *avro.Schema) (lines []string) {
	path := e.contract.EventTime()
	t, ok := s.Lookup(path...)
	if len(path) == 0 || !ok || e.plan.left[s][path[0]] {
		return nil
	}
	quoted := make([]string, len(path))
	for i, step := range path {
		quoted[i] = identifier(step)
	}
	column := strings.Join(quoted, ".")
	value := column
	switch t.Value().Logical() {
	case avro.Date:
		value = "CAST(" + column + " AS TIMESTAMP(3))"
	case avro.TimestampMicros:
		value = "TO_TIMESTAMP_LTZ(" + column + " / 1000, 3)"
	case avro.TimestampNanos:
		value = "TO_TIMESTAMP_LTZ(" + column + " / 1000000, 3)"
	}
	if len(path) > 1 || value != column {
		name := "event_time"
		for ; ; name += "_" {
			if _, taken := s.Field(name); !taken {
				break
			}
		}
		column = identifier(name)
		lines = append(lines, column+" AS "+value)
	}
	lateness := e.contract.Lateness()
	if lateness <= 0 {
		e.find(contract.SeverityNote, RuleWatermark, "the contract says no tidemark.lateness, so the watermark is the newest event time, and Flink calls every older record late")
		return append(lines, "WATERMARK FOR "+column+" AS "+column)
	}
	return append(lines, "WATERMARK FOR "+column+" AS "+column+" - "+interval(lateness))
}

// interval is a duration in its largest whole unit, with the precision that SQL wants said.
func interval(d time.Duration) string {
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"DAY", 24 * time.Hour}, {"HOUR", time.Hour}, {"MINUTE", time.Minute}, {"SECOND", time.Second}} {
		if d%unit.is == 0 {
			n := strconv.FormatInt(int64(d/unit.is), 10)
			if len(n) > 2 {
				return fmt.Sprintf("INTERVAL '%s' %s(%d)", n, unit.name, len(n))
			}
			return fmt.Sprintf("INTERVAL '%s' %s", n, unit.name)
		}
	}
	millis := (d + time.Millisecond - 1).Milliseconds()
	n := strconv.FormatInt(millis/1000, 10)
	return fmt.Sprintf("INTERVAL '%s.%03d' SECOND(%d, 3)", n, millis%1000, max(len(n), 2))
}

// options are the table's.
func (e *exporter) options(s *avro.Schema, key string) ([]string, error) {
	c := e.contract
	bootstrap, registry := servers(c)
	if bootstrap == "" {
		bootstrap = "<bootstrap servers>"
		e.find(contract.SeverityWarning, RuleServer, "the contract names no server of type kafka: put yours for %s", bootstrap)
	}
	if registry == "" {
		registry = "<schema registry url>"
		e.find(contract.SeverityWarning, RuleServer, "no server has the custom property schemaRegistryUrl: put yours for %s", registry)
	}
	schema, err := encode((&reader{plan: e.plan, names: map[use]string{}}).schema(s, false))
	if err != nil {
		return nil, err
	}
	var list []string
	add := func(key, value string) { list = append(list, literal(key)+" = "+literal(value)) }
	connector := "kafka"
	if key != "" {
		connector = "upsert-kafka"
	}
	add("connector", connector)
	add("topic", c.Topic())
	add("properties.bootstrap.servers", bootstrap)
	add("properties.isolation.level", "read_committed")
	if key == "" {
		add("scan.startup.mode", "earliest-offset")
	} else {
		add("key.format", keyFormat(s, key))
	}
	add("value.format", "avro-confluent")
	add("value.avro-confluent.url", registry)
	add("value.avro-confluent.schema", schema)
	return list, nil
}

// keyFormat reads a key, which is text: a number is text too.
func keyFormat(s *avro.Schema, key string) string {
	if f, ok := s.Field(key); ok {
		switch f.Type().Value().Type() {
		case avro.TypeInt, avro.TypeLong:
			return "csv"
		}
	}
	return "raw"
}

// servers are where the topic is and where its schemas are.
func servers(c *contract.Contract) (bootstrap, registry string) {
	for i := range c.Servers {
		s := &c.Servers[i]
		if s.Type != "kafka" {
			continue
		}
		if bootstrap == "" {
			bootstrap = s.Host
		}
		for _, p := range s.CustomProperties {
			if p.Property == "schemaRegistryUrl" && registry == "" {
				registry = p.Value.Text
			}
		}
	}
	return bootstrap, registry
}
