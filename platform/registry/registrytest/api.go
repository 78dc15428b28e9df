package registrytest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The registry's own verdict is the same as the client's.
func apiLevels(t *testing.T, s *suite) {
	for i, c := range compatible {
		name := s.subject(fmt.Sprintf("api-level-%d", i))
		for _, text := range []string{record(fieldA), record(fieldA, optionB)} {
			s.id(t, name, asked(text))
		}
		if err := s.client.SetLevel(t.Context(), name, c.level); err != nil {
			t.Fatal(err)
		}
		s.play(t, step{"POST", "/compatibility/subjects/" + name + "/versions", asked(c.next), 200, fmt.Sprintf(`{"is_compatible":%v}`, c.want)})
	}
}

func apiErrors(t *testing.T, s *suite) {
	at := "/subjects/" + s.subject("errors")
	s.play(t,
		step{"GET", at + "/versions", "", 404, "40401"},
		step{"GET", at + "/versions/1", "", 404, "40401"},
		step{"POST", at, asked(record(fieldA)), 404, "40401"},
		step{"GET", "/schemas/ids/2000000000", "", 404, "40403"},
		step{"POST", at + "/versions", asked("nonsense"), 422, "42201"},
	)
	s.id(t, s.subject("errors"), asked(record(fieldA)))
	s.play(t,
		step{"GET", at + "/versions/7", "", 404, "40402"},
		step{"GET", at + "/versions/nonsense", "", 422, "42202"},
		step{"POST", at, asked(record(fieldB)), 404, "40403"},
		step{"PUT", "/config/" + s.subject("errors"), `{"compatibility":"LOOSE"}`, 422, "42203"},
	)
}

func apiLookup(t *testing.T, s *suite) {
	name := s.subject("lookup")
	id := s.id(t, name, asked(record(fieldA)))
	found := fmt.Sprintf(`{"subject":%q,"id":%d,"version":1}`, name, id)
	s.play(t,
		step{"POST", "/subjects/" + name, asked(strings.ReplaceAll(record(fieldA), ",", " , ")), 200, found},
		step{"GET", "/subjects/" + name + "/versions", "", 200, `[1]`},
		step{"GET", "/subjects/" + name + "/versions/1", "", 200, found},
		step{"GET", "/subjects/" + name + "/versions/latest", "", 200, found},
		step{"GET", "/subjects/" + name + "/versions/-1", "", 200, found},
		step{"GET", "/subjects/" + name + "/versions/1/schema", "", 200, record(fieldA)},
		step{"GET", "/subjects?subjectPrefix=" + name, "", 200, fmt.Sprintf(`[%q]`, name)},
		step{"GET", fmt.Sprintf("/schemas/ids/%d/schema", id), "", 200, record(fieldA)},
	)
}

func apiCompatibility(t *testing.T, s *suite) {
	name := s.subject("compatibility")
	at := "/compatibility/subjects/" + name + "/versions"
	s.id(t, name, asked(record(fieldA)))
	s.play(t,
		step{"PUT", "/config/" + name, `{"compatibility":"BACKWARD"}`, 200, `{"compatibility":"BACKWARD"}`},
		step{"POST", at + "/latest", asked(record(fieldA, optionB)), 200, `{"is_compatible":true}`},
		step{"POST", at + "/1", asked(record(fieldA, fieldB)), 200, `{"is_compatible":false}`},
		step{"POST", at + "/7", asked(record(fieldA)), 404, "40402"},
		step{"POST", at + "/1", asked("nonsense"), 422, "42201"},
		step{"POST", "/subjects/" + name + "/versions", asked(record(fieldA, fieldB)), 409, "409"},
	)
	verbose := at + "/1?verbose=true"
	if _, text := s.send(t, "POST", verbose, asked(record(fieldA, fieldB))); !s.differs(t, "POST", verbose) && !strings.Contains(string(text), `"messages":["`) {
		t.Errorf("%s gives no reason", text)
	}
}

func apiConfig(t *testing.T, s *suite) {
	at := "/config/" + s.subject("config")
	s.play(t,
		step{"GET", at, "", 404, "40408"},
		step{"PUT", at, `{"compatibility":"FORWARD_TRANSITIVE"}`, 200, `{"compatibility":"FORWARD_TRANSITIVE"}`},
		step{"GET", at, "", 200, `{"compatibilityLevel":"FORWARD_TRANSITIVE"}`},
		step{"DELETE", at, "", 200, `{"compatibilityLevel":"FORWARD_TRANSITIVE"}`},
		step{"GET", at, "", 404, "40408"},
	)
	_, global := s.send(t, "GET", "/config", "")
	s.play(t, step{"GET", at + "?defaultToGlobal=true", "", 200, string(global)})
}

func apiReferences(t *testing.T, s *suite) {
	id := s.registerShop(t, "api-")
	at := func(name string) string { return s.subject("api-" + name) }
	said := fmt.Sprintf(`{"references":[{"name":"geo.Address","subject":%q,"version":1}]}`, at("address"))
	s.play(t,
		step{"GET", fmt.Sprintf("/schemas/ids/%d", id), "", 200, said},
		step{"GET", "/subjects/" + at("order") + "/versions/1", "", 200, said},
		step{"GET", "/subjects/" + at("address") + "/versions/1/referencedby", "", 200, fmt.Sprintf(`[%d]`, id)},
		step{"GET", "/subjects/" + at("order") + "/versions/1/referencedby", "", 200, `[]`},
		step{"POST", "/subjects/" + at("order"), asked(order, reference{"geo.Address", at("address"), 1}), 200, fmt.Sprintf(`{"id":%d,"version":1}`, id)},
		step{"POST", "/subjects/" + at("order") + "/versions", asked(order, reference{"geo.Address", at("nowhere"), 1}), 422, "42201"},
		step{"DELETE", "/subjects/" + at("address") + "/versions/1", "", 422, "42206"},
	)
}

func apiDeletion(t *testing.T, s *suite) {
	name := s.subject("deletion")
	at := "/subjects/" + name
	s.play(t, step{"DELETE", at, "", 404, "40401"})
	id := s.id(t, name, asked(record(fieldA)))
	s.id(t, name, asked(record(fieldA, optionB)))
	s.play(t,
		step{"DELETE", at + "/versions/2?permanent=true", "", 404, "40407"},
		step{"DELETE", at + "/versions/2", "", 200, `2`},
		step{"DELETE", at + "/versions/2", "", 404, "40406"},
		step{"GET", at + "/versions", "", 200, `[1]`},
		step{"GET", at + "/versions?deleted=true", "", 200, `[1,2]`},
		step{"DELETE", at + "?permanent=true", "", 404, "40405"},
		step{"DELETE", at, "", 200, `[1]`},
		step{"DELETE", at, "", 404, "40404"},
		step{"GET", fmt.Sprintf("/schemas/ids/%d", id), "", 200, `{}`},
	)
	s.id(t, name, asked(record(fieldA, optionC)))
	s.play(t,
		step{"GET", at + "/versions", "", 200, `[3]`},
		step{"DELETE", at, "", 200, `[3]`},
		step{"DELETE", at + "?permanent=true", "", 200, `[1,2,3]`},
		step{"GET", "/subjects?deleted=true&subjectPrefix=" + name, "", 200, `[]`},
	)
}

func apiNormalize(t *testing.T, s *suite) {
	name := s.subject("normalize")
	const (
		split = `{"type":"record","name":"R","namespace":"x.y","fields":[{"name":"a","type":{"type":"string"}}]}`
		dense = `{"fields":[{"type":"string","name":"a"}],"name":"x.y.R","type":"record"}`
	)
	id := s.id(t, name, asked(split))
	s.play(t,
		step{"POST", "/subjects/" + name + "/versions?normalize=true", asked(dense), 200, fmt.Sprintf(`{"id":%d}`, id)},
		step{"POST", "/subjects/" + name + "?normalize=true", asked(dense), 200, fmt.Sprintf(`{"id":%d,"version":1}`, id)},
	)
}

func apiMode(t *testing.T, s *suite) {
	name := s.subject("mode")
	s.id(t, name, asked(record(fieldA)))
	s.play(t,
		step{"GET", "/mode", "", 200, `{"mode":"READWRITE"}`},
		step{"GET", "/mode/" + name, "", 404, "40409"},
		step{"PUT", "/mode/" + name, `{"mode":"READONLY"}`, 200, `{"mode":"READONLY"}`},
		step{"POST", "/subjects/" + name + "/versions", asked(record(fieldA, optionB)), 422, "42205"},
		step{"DELETE", "/subjects/" + name, "", 422, "42205"},
		step{"PUT", "/mode/" + name, `{"mode":"IMPORT"}`, 422, "42205"},
		step{"PUT", "/mode/" + name, `{"mode":"CLOSED"}`, 422, "42204"},
		step{"DELETE", "/mode/" + name, "", 200, `{"mode":"READONLY"}`},
		step{"PUT", "/mode/" + s.subject("import"), `{"mode":"IMPORT"}`, 200, `{"mode":"IMPORT"}`},
		step{"POST", "/subjects/" + s.subject("import") + "/versions", strings.Replace(asked(record(fieldC)), "{", `{"id":1900000001,"version":4,`, 1), 200, `{"id":1900000001}`},
		step{"GET", "/subjects/" + s.subject("import") + "/versions", "", 200, `[4]`},
		step{"DELETE", "/mode/" + s.subject("import"), "", 200, `{"mode":"IMPORT"}`},
	)
}

func apiMetadata(t *testing.T, s *suite) {
	name := s.subject("metadata")
	const said = `{"metadata":{"properties":{"owner":"sales"}},"ruleSet":{"domainRules":[{"name":"short","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"true"}]}}`
	id := s.id(t, name, strings.Replace(asked(record(fieldA)), "{", strings.TrimSuffix(said, "}")+",", 1))
	s.play(t,
		step{"GET", fmt.Sprintf("/schemas/ids/%d", id), "", 200, said},
		step{"GET", "/subjects/" + name + "/metadata?key=owner&value=sales", "", 200, `{"version":1}`},
	)
}

func apiMediaTypes(t *testing.T, s *suite) {
	s.id(t, s.subject("media"), asked(record(fieldA)))
	for _, c := range []struct {
		content, accept string
		status          int
	}{
		{"application/json", "application/json", 200},
		{"application/vnd.schemaregistry+json", "*/*", 200},
		{"text/plain", "*/*", 415},
		{"application/json", "text/html", 406},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/compatibility/subjects/"+s.subject("media")+"/versions", strings.NewReader(asked(record(fieldA))))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c.content)
		r.Header.Set("Accept", c.accept)
		if status, text := s.do(t, r); status != c.status {
			t.Errorf("sent %s, accept %s: %d %.200s; want %d", c.content, c.accept, status, text, c.status)
		}
	}
}
