package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/registry/server"
)

const (
	country = `{"type":"record","name":"Country","namespace":"geo","fields":[{"name":"code","type":"string"}]}`
	address = `{"type":"record","name":"Address","namespace":"geo","fields":[{"name":"country","type":"Country"}]}`
	order   = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"geo.Address"},{"name":"from","type":"geo.Country"}]}`
)

// referring is the body of a request with a schema that refers to versions, given as "subject/version".
func referring(schema string, to ...string) string {
	type reference struct {
		Name    string `json:"name"`
		Subject string `json:"subject"`
		Version int    `json:"version"`
	}
	var q struct {
		Schema     string      `json:"schema"`
		References []reference `json:"references"`
	}
	q.Schema = schema
	for _, at := range to {
		r := reference{Name: "a name"}
		subject, number, _ := strings.Cut(at, "/")
		r.Subject = subject
		_, _ = fmt.Sscan(number, &r.Version)
		q.References = append(q.References, r)
	}
	b, _ := json.Marshal(q)
	return string(b)
}

// shop is a registry with a country, an address that refers to it, and an order that refers to both.
func shop(t *testing.T) (*server.Server, *server.Memory) {
	s, store := fresh(t)
	play(t, s,
		step{"POST", "/subjects/country/versions", asked(country), 200, `{"id":1}`},
		step{"POST", "/subjects/address/versions", referring(address, "country/-1"), 200, `{"id":2}`},
		step{"POST", "/subjects/order/versions", referring(order, "address/1"), 200, `{"id":3}`},
	)
	return s, store
}

const toCountry = `[{"name":"a name","subject":"country","version":1}]`

func TestReferences(t *testing.T) {
	s, _ := shop(t)
	resolved := `{"type":"record","name":"Address","namespace":"geo","fields":[{"name":"country","type":{"type":"record","name":"geo.Country","namespace":"geo","fields":[{"name":"code","type":"string"}]}}]}`
	play(t, s,
		step{"GET", "/schemas/ids/2", "", 200, `{"schema":` + quoted(address) + `,"references":` + toCountry + `}`},
		step{"GET", "/schemas/ids/2?format=resolved", "", 200, `{"schema":` + quoted(resolved) + `,"references":` + toCountry + `}`},
		step{"GET", "/schemas/ids/2/schema", "", 200, address},
		step{"GET", "/schemas/ids/2/schema?format=resolved", "", 200, resolved},
		step{"GET", "/subjects/address/versions/latest", "", 200, `{"subject":"address","id":2,"version":1,"schema":` + quoted(address) + `,"references":` + toCountry + `}`},
		step{"GET", "/subjects/country/versions/1/referencedby", "", 200, `[2]`},
		step{"GET", "/subjects/address/versions/latest/referencedby", "", 200, `[3]`},
		step{"GET", "/subjects/order/versions/1/referencedby", "", 200, `[]`},
		step{"GET", "/subjects/order/versions/2/referencedby", "", 404, "40402"},
		// Found with its references, and when it is written out whole; not with others, nor with none.
		step{"POST", "/subjects/address", referring(address, "country/1"), 200, `{"subject":"address","id":2,"version":1,"schema":` + quoted(address) + `,"references":` + toCountry + `}`},
		step{"POST", "/subjects/address/versions", referring(address, "country/1"), 200, `{"id":2}`},
		step{"POST", "/subjects/address/versions", asked(resolved), 200, `{"id":2}`},
		step{"POST", "/subjects/address", asked(address), 422, "42201"},
		step{"POST", "/subjects/address/versions", referring(address, "country/2"), 422, "42201"},
		step{"POST", "/subjects/address/versions", referring(address, "town/1"), 422, "42201"},
	)
	// Held against each other with everything that they refer to.
	longer := strings.Replace(country, `"string"`, `"long"`, 1)
	play(t, s,
		step{"PUT", "/config/country", `{"compatibility":"NONE"}`, 200, `{"compatibility":"NONE"}`},
		step{"POST", "/subjects/country/versions", asked(longer), 200, `{"id":4}`},
		step{"POST", "/compatibility/subjects/address/versions", referring(address, "country/2"), 200, `{"is_compatible":false}`},
		step{"POST", "/compatibility/subjects/address/versions/1", referring(address, "country/1"), 200, `{"is_compatible":true}`},
		step{"POST", "/subjects/address/versions", referring(address, "country/2"), 409, "409"},
		step{"POST", "/subjects/order/versions", referring(order, "address/1", "country/2"), 422, "42201"}, // two countries
	)
	_, text := request(t, s, "POST", "/compatibility/subjects/address/versions?verbose=true", referring(address, "country/2"))
	if !strings.Contains(text, "country.code") {
		t.Errorf("%s does not name the field in the schema that is referred to", text)
	}
}

func TestWhatIsReferredToStays(t *testing.T) {
	s, _ := shop(t)
	play(t, s,
		step{"DELETE", "/subjects/country/versions/1", "", 422, "42206"},
		step{"DELETE", "/subjects/country", "", 422, "42206"},
		step{"DELETE", "/subjects/order", "", 200, `[1]`},
		step{"DELETE", "/subjects/address", "", 200, `[1]`}, // softly: only what is live holds it
		step{"GET", "/subjects/country/versions/1/referencedby", "", 200, `[]`},
		step{"GET", "/subjects/country/versions/1/referencedby?deleted=true", "", 200, `[2]`},
		step{"DELETE", "/subjects/country/versions/1", "", 200, `1`},
		step{"POST", "/subjects/address/versions", referring(address, "country/1"), 422, "42201"}, // what is deleted is not referred to anew
		step{"DELETE", "/subjects/country/versions/1?permanent=true", "", 422, "42206"},
		step{"DELETE", "/subjects/country?permanent=true", "", 422, "42206"},
		step{"DELETE", "/subjects/order?permanent=true", "", 200, `[1]`},
		step{"DELETE", "/subjects/address?permanent=true", "", 200, `[1]`},
		step{"DELETE", "/subjects/country?permanent=true", "", 200, `[1]`},
	)
}

// Compaction may leave what is referred to behind what refers to it.
func TestReferencesAfterARestart(t *testing.T) {
	s, store := shop(t)
	play(t, s,
		step{"DELETE", "/subjects/order", "", 200, `[1]`},
		step{"DELETE", "/subjects/address", "", 200, `[1]`},
		step{"DELETE", "/subjects/country/versions/1", "", 200, `1`},
		step{"POST", "/subjects/country/versions", asked(country), 200, `{"id":1}`},
		step{"POST", "/subjects/address/versions", referring(address, "country/2"), 200, `{"id":4}`},
	)
	for _, compacted := range []bool{false, true} {
		again := open(t, copied(t, store, compacted))
		for _, path := range []string{"/schemas/ids/2?format=resolved", "/schemas/ids/3?format=resolved", "/subjects/country/versions/1/referencedby?deleted=true", "/schemas?deleted=true"} {
			_, want := request(t, s, "GET", path, "")
			if _, got := request(t, again, "GET", path, ""); got != want {
				t.Errorf("compacted %v: %s: %s; want %s", compacted, path, got, want)
			}
		}
	}
}

func TestReferencesAreBounded(t *testing.T) {
	s, _ := fresh(t)
	var to []string
	for i := range 101 {
		play(t, s, step{"POST", fmt.Sprintf("/subjects/s%d/versions", i), asked(fmt.Sprintf(`{"type":"fixed","name":"F%d","size":1}`, i)), 200, fmt.Sprintf(`{"id":%d}`, i+1)})
		to = append(to, fmt.Sprintf("s%d/1", i))
	}
	play(t, s,
		step{"POST", "/subjects/r/versions", referring(`["F0","F1"]`, to...), 422, "42201"},
		step{"POST", "/subjects/r/versions", referring(`["F0","F1"]`, to[:100]...), 200, `{"id":102}`},
		step{"POST", "/subjects/q/versions", referring(`"string"`, append(to[1:100], "r/1")...), 422, "42201"}, // 99, r and what r refers to
	)
}

// What a schema says besides its types is kept, given back, and inherited where a later version is silent about it.
func TestMetadataAndRules(t *testing.T) {
	s, store := fresh(t)
	body := func(schema, metadata, rules string) string {
		return `{"schema":` + quoted(schema) + `,"metadata":` + metadata + `,"ruleSet":` + rules + `}`
	}
	one, two := record(fieldA), record(fieldA, optionB)
	const (
		meta  = `{"tags":{"R.a":["PII"]},"properties":{"owner":"sales","tier":"1"},"sensitive":["owner"]}`
		rules = `{"domainRules":[{"name":"short","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"size(message.a) < 9","onFailure":"DLQ"}]}`
	)
	play(t, s,
		step{"POST", "/subjects/s/versions", asked(one), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", body(one, meta, rules), 200, `{"id":2}`}, // the same types, and yet another
		step{"POST", "/subjects/s/versions", body(one, meta, rules), 200, `{"id":2}`},
		step{"POST", "/subjects/s/versions", asked(one), 200, `{"id":2}`}, // who says nothing about rules means the newest
		step{"GET", "/schemas/ids/1", "", 200, `{"schema":` + quoted(one) + `}`},
		step{"GET", "/schemas/ids/2", "", 200, `{"schema":` + quoted(one) + `,"metadata":` + meta + `,"ruleSet":` + rules + `}`},
		step{"POST", "/subjects/s/versions?normalize=true", asked(two), 200, `{"id":3}`},
		step{"GET", "/subjects/s/metadata?key=owner&value=sales&key=tier&value=1", "", 200,
			`{"subject":"s","version":3,"id":3,"schema":` + quoted(normalAB) + `,"metadata":` + meta + `,"ruleSet":` + rules + `}`},
		step{"GET", "/subjects/s/metadata?key=owner&value=nobody", "", 404, "40403"},
		step{"GET", "/subjects/t/metadata?key=owner&value=nobody", "", 404, "40401"},
		step{"GET", "/subjects/s/metadata?key=owner", "", 400, "400"},
		// A normalized candidate is held against its history too.
		step{"POST", "/subjects/s/versions?normalize=true", body(`"int"`, meta, rules), 409, "409"},
	)
	_, want := request(t, s, "GET", "/schemas", "")
	if _, got := request(t, open(t, copied(t, store, true)), "GET", "/schemas", ""); got != want {
		t.Errorf("after a restart: %s; want %s", got, want)
	}
}

const normalAB = `{"fields":[{"name":"a","type":"string"},{"default":"","name":"b","type":"string"}],"name":"R","type":"record"}`

// Normalized, a name is the same in whichever way it is written.
func TestNormalize(t *testing.T) {
	s, _ := fresh(t)
	const (
		split = `{"type":"record","name":"R","namespace":"x.y","aliases":["Old"],"fields":[{"name":"a","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"b","type":{"type":"array","items":"E"}}]}`
		dense = `{"type":"record","name":"x.y.R","aliases":["x.y.Old"],"fields":[{"name":"a","type":{"type":"enum","name":"E","namespace":"x.y","symbols":["A"]}},{"name":"b","type":{"type":"array","items":"x.y.E"}}]}`
	)
	play(t, s,
		step{"POST", "/subjects/s/versions", asked(split), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions?normalize=true", asked(dense), 200, `{"id":1}`},
		step{"POST", "/subjects/s", asked(dense), 404, "40403"},
		step{"POST", "/subjects/s?normalize=true", asked(dense), 200, `{"subject":"s","id":1,"version":1,"schema":` + quoted(split) + `}`},
		step{"POST", "/subjects/s/versions", asked(dense), 200, `{"id":2}`},
		step{"POST", "/subjects/t/versions?normalize=true", asked(dense), 200, `{"id":3}`},
		step{"POST", "/subjects/u/versions?normalize=true", asked(split), 200, `{"id":3}`},
	)
	_, text := request(t, s, "GET", "/schemas/ids/3/schema", "")
	play(t, s, step{"POST", "/compatibility/subjects/s/versions/1", asked(text), http.StatusOK, `{"is_compatible":true}`})
}
