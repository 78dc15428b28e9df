package contract

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const newest = `
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
context: Count each order once.
schema:
  - name: orders
    id: orders-object
    deprecated: true
    synonyms: [{synonym: purchases}]
    properties:
      - name: state
        logicalType: string
        enum: [{value: open, label: Open}, {value: closed}]
        quality: [{metric: nullValues, mustBe: 0}]
      - {name: level, logicalType: integer, enum: [{value: 1}, {value: 2}], semanticType: measure}
      - name: labels
        logicalType: map
        map: {key: {logicalType: string}, value: {logicalType: string}}
      - {name: embedding, logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: float32}}
      - {name: at, logicalType: timestamp, logicalTypeOptions: {timezone: true}}
      - {name: price, logicalType: number, logicalTypeOptions: {exclusiveMinimum: 0, maximum: 10}}
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties: [{name: colour, logicalType: string, enum: [{value: "1"}]}]
servers: [{server: a, type: kafka, host: "a:9092", encoding: utf-8}, {server: b, type: iceberg, catalog: c, catalogUrl: d}]
support: [{channel: help}]
team: {name: shop, members: [{username: ann, role: owner}]}
customProperties: [{property: a, value: b, vendor: us}]
`

// An older version is written in its own words where it has some; what is left out is listed, at its place.
func TestOlderVersions(t *testing.T) {
	c, findings := ParseContract("new.odcs.yaml", []byte(newest))
	if c == nil {
		t.Fatal(findings)
	}
	for _, older := range []struct {
		version string
		says    []string
		lost    []string
	}{
		{"v3.2.0", []string{"context: Count each order once.", "enum:"}, nil},
		{"v3.1.0", []string{
			"metric: invalidValues", "validValues:\n                - open\n                - closed", "validValues:\n                - 1\n                - 2",
			"- \"1\"", "name: shop", "logicalType: timestamp", "exclusiveMinimum: 0\n", "minItems: 3",
		}, []string{
			"7:10 context", "11:17 schema[0].deprecated", "12:15 schema[0].synonyms", "16:15 schema[0].properties[0].enum",
			"18:91 schema[0].properties[1].semanticType", "20:22 schema[0].properties[2].logicalType", "22:40 schema[0].properties[3].logicalType",
			"22:97 schema[0].properties[3].logicalTypeOptions.elementType", "30:62 servers[0].encoding", "30:88 servers[1].type", "33:52 customProperties[0].vendor",
		}},
		{"v3.0.2", []string{
			"rule: invalidValues", "rule: nullValues", "team:\n  - username: ann", "exclusiveMinimum: true", "minimum: 0", "logicalType: date",
		}, []string{
			"23:33 schema[0].properties[4].logicalType", "23:75 schema[0].properties[4].logicalTypeOptions.timezone", "31:11 support[0]", "10:9 schema[0].id", "32:14 team.name",
		}},
	} {
		text, lost := c.Encode(older.version)
		var listed []string
		for _, f := range lost {
			listed = append(listed, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Path))
			if f.Severity != SeverityWarning || f.File != "new.odcs.yaml" || f.Message == "" {
				t.Error(f)
			}
		}
		for _, says := range older.says {
			if !strings.Contains(string(text), says) {
				t.Errorf("%s does not say %q:\n%s", older.version, says, text)
			}
		}
		for _, want := range older.lost {
			if !slices.Contains(listed, want) {
				t.Errorf("%s: not listed as lost: %s; listed are\n%s", older.version, want, strings.Join(listed, "\n"))
			}
		}
		if older.lost == nil && lost != nil {
			t.Error(older.version, lost)
		}
		if older.version == "v3.2.0" {
			continue // its schema is older than what it says
		}
		text = bytes.ReplaceAll(text, []byte("channel: help"), []byte("channel: help\n    url: https://example.org")) // which 3.0.2 needs, as is listed
		if err := valid(t, schemaOf(t, older.version), text); err != nil {
			t.Errorf("%s: %v in\n%s", older.version, err, text)
		}
	}
	if document(t, c.Raw) != canonical(t, c.Document()) {
		t.Error("the contract has changed by being written")
	}
}

// What the official examples say in one version is right in another, once what is lost is listed.
func TestEveryExampleInEveryVersion(t *testing.T) {
	versions := []string{"v3.0.2", "v3.1.0", "v3.2.0"}
	for _, version := range versions {
		schema := schemaOf(t, version)
		for _, file := range append(examples(t, "odcs", "examples"), examples(t, "odcs", "examples-3.2.0-dev")...) {
			name := filepath.Base(file)
			c, _ := ParseContract(name, readFile(t, file))
			if c.APIVersion == version {
				continue // TestRoundTrip; some say what their version has not
			}
			text, lost := c.Encode(version)
			if err := valid(t, schema, text); err != nil && len(lost) == 0 {
				t.Errorf("%s as %s: %v in\n%s", name, version, err, text)
			}
			again, findings := ParseContract(name, text)
			if again == nil && len(lost) == 0 {
				t.Errorf("%s as %s: %v in\n%s", name, version, findings, text)
			}
		}
	}
}

// What 3.0.x says in its own words, newer versions say in theirs.
func TestNewerVersions(t *testing.T) {
	c, findings := ParseContract("old.odcs.yaml", []byte(`
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    quality: [{rule: rowCount, mustBeGreaterThan: 5}]
    properties:
      - name: price
        logicalType: number
        logicalTypeOptions: {minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}
        quality: [{rule: nullValues, mustBe: 0}]
team: [{username: ann, role: owner}]
`))
	if c == nil {
		t.Fatal(findings)
	}
	for _, version := range []string{"v3.1.0", "v3.2.0"} {
		text, lost := c.Encode(version)
		for _, says := range []string{"metric: rowCount", "metric: nullValues", "maximum: 9\n", "exclusiveMinimum: 0\n", "team:\n  members:\n    - username: ann"} {
			if !strings.Contains(string(text), says) {
				t.Errorf("%s does not say %q:\n%s", version, says, text)
			}
		}
		if err := valid(t, schemaOf(t, version), text); err != nil || lost != nil {
			t.Errorf("%v %v in\n%s", err, lost, text)
		}
	}
}

// An unsupported version is not written; what a hand left out is said.
func TestVersionsAndMissingKeys(t *testing.T) {
	c := Contract{ID: "a", Version: "1.0.0", Status: "active"}
	text, lost := c.Encode("v9.9.9")
	if !strings.HasPrefix(string(text), "apiVersion: v3.1.0\nkind: DataContract\nid: a\n") || len(lost) != 1 || lost[0].Rule != RuleVersion {
		t.Errorf("%v\n%s", lost, text)
	}
	p := DataProduct{ID: "a.b", APIVersion: "v1.1.0"}
	if text, lost := p.Encode(""); string(text) != "apiVersion: v1.1.0\nkind: DataProduct\nid: a.b\n" || lost != nil {
		t.Errorf("%v\n%s", lost, text)
	}
	if _, lost := p.Encode("v1.0.0"); len(lost) != 1 || !strings.Contains(lost[0].Message, `"status" is missing`) {
		t.Error(lost)
	}
}
