package mask

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

const profiles = `
apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:customer:crm:profiles:1
version: 1.0.0
status: active
schema:
  - name: Profile
    physicalName: customer.crm.profiles.v1
    physicalType: topic
    logicalType: object
    properties:
      - {name: customerId, logicalType: string, classification: internal}
      - {name: name, logicalType: string, classification: pii}
      - {name: mail, physicalName: email, logicalType: string, classification: PII}
      - {name: salary, logicalType: number, classification: confidential}
      - {name: active, logicalType: boolean, classification: restricted}
      - {name: since, logicalType: timestamp}
      - name: address
        logicalType: object
        properties:
          - {name: city, logicalType: string}
          - {name: street, logicalType: string, classification: pii}
      - name: home
        logicalType: object
        classification: pii
        properties:
          - {name: city, logicalType: string}
      - name: orders
        logicalType: array
        items:
          logicalType: object
          properties:
            - {name: sku, logicalType: string}
            - {name: note, logicalType: string, classification: confidential}
      - name: tags
        logicalType: array
        items: {logicalType: string}
      - name: phones
        logicalType: array
        classification: pii
        items: {logicalType: string}
customProperties:
  - {property: tidemark.key, value: customerId}
`

func parse(t *testing.T, text string) *contract.Contract {
	t.Helper()
	c, findings := contract.ParseContract("profiles.v1.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	return c
}

func record(pairs ...any) avro.Record {
	var r avro.Record
	for i := 0; i < len(pairs); i += 2 {
		r = append(r, avro.Field{Name: pairs[i].(string), Value: pairs[i+1]})
	}
	return r
}

func profile() avro.Record {
	return record(
		"customerId", "CG-12520",
		"name", "Claire Gute",
		"email", nil,
		"salary", json.Number("4200.00"),
		"active", true,
		"since", "2026-11-21T12:00:00Z",
		"address", record("city", "Henderson", "street", "Main St", "floor", "third", "number", int64(4)),
		"home", record("city", "Henderson"),
		"orders", []any{record("sku", "FUR-1", "note", "ring twice")},
		"tags", []any{"a", "b"},
		"phones", []any{"+1"},
		"nickname", "from a newer producer",
		"visits", int64(7),
		"extra", map[string]any{"k": "v"},
	)
}

func TestHidesWhatTheContractClassifies(t *testing.T) {
	in := profile()
	got := Of(parse(t, profiles)).Value(in)
	want := record(
		"customerId", "CG-12520",
		"name", "***",
		"email", nil,
		"salary", "*** (number)",
		"active", "*** (boolean)",
		"since", "2026-11-21T12:00:00Z",
		"address", record("city", "Henderson", "street", "***", "floor", "***", "number", int64(4)),
		"home", "*** (record)",
		"orders", []any{record("sku", "FUR-1", "note", "***")},
		"tags", []any{"a", "b"},
		"phones", "*** (array)",
		"nickname", "***",
		"visits", int64(7),
		"extra", "*** (map)",
	)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !reflect.DeepEqual(in, profile()) {
		t.Error("the value itself was changed")
	}
}

func TestHidesAllTextWithoutAContract(t *testing.T) {
	got := Text().Value(record("a", "x", "b", int64(1), "c", nil, "d", []any{"x", false}, "e", record("f", "x")))
	want := record("a", "***", "b", int64(1), "c", nil, "d", []any{"***", false}, "e", record("f", "***"))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestNothingHidesNothing(t *testing.T) {
	if got := Nothing().Value(profile()); !reflect.DeepEqual(got, any(profile())) {
		t.Errorf("got %v", got)
	}
}

func TestKey(t *testing.T) {
	open := parse(t, profiles)
	for name, c := range map[string]struct {
		mask Mask
		want string
	}{
		"a field that is open":  {Of(open), "CG-12520"},
		"no contract":           {Text(), "***"},
		"revealed":              {Nothing(), "CG-12520"},
		"a field that is not":   {Mask{root: &field{}, key: &field{hidden: true}}, "***"},
		"a contract without it": {Mask{root: &field{}}, "***"},
	} {
		if got := c.mask.Key([]byte("CG-12520")); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestHeader(t *testing.T) {
	m := Of(parse(t, profiles))
	for name, want := range map[string]string{"tidemark.reason": "v", "ce_type": "v", "ce_subject": "***", "x-user": "***"} {
		if got := m.Header(name, []byte("v")); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
