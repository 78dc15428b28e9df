package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRegisterAndRead(t *testing.T) {
	s, _ := fresh(t)
	one, two := record(fieldA), record(fieldA, optionB)
	play(t, s,
		step{"GET", "/", "", 200, `{}`},
		step{"GET", "/subjects", "", 200, `[]`},
		step{"GET", "/schemas/types", "", 200, `["AVRO"]`},
		step{"GET", "/subjects/s/versions", "", 404, "40401"},
		step{"GET", "/subjects/s/versions/1", "", 404, "40401"},
		step{"GET", "/subjects/s/versions/latest", "", 404, "40401"},
		step{"POST", "/subjects/s", asked(one), 404, "40401"},
		step{"GET", "/schemas/ids/1", "", 404, "40403"},

		step{"POST", "/subjects/s/versions", asked(one), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", asked(one), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", asked(two), 200, `{"id":2}`},
		step{"POST", "/subjects/t/versions", asked(two), 200, `{"id":2}`},
		step{"POST", "/subjects/t/versions", asked(`"string"`), 409, "409"},

		step{"GET", "/subjects", "", 200, `["s","t"]`},
		step{"GET", "/subjects?subjectPrefix=t", "", 200, `["t"]`},
		step{"GET", "/subjects/", "", 200, `["s","t"]`},
		step{"GET", "/subjects/s/versions", "", 200, `[1,2]`},
		step{"GET", "/subjects/s/versions/1", "", 200, `{"subject":"s","id":1,"version":1,"schema":` + quoted(one) + `}`},
		step{"GET", "/subjects/s/versions/latest", "", 200, `{"subject":"s","id":2,"version":2,"schema":` + quoted(two) + `}`},
		step{"GET", "/subjects/s/versions/-1", "", 200, `{"subject":"s","id":2,"version":2,"schema":` + quoted(two) + `}`},
		step{"GET", "/subjects/s/versions/latest/schema", "", 200, two},
		step{"GET", "/subjects/s/versions/3", "", 404, "40402"},
		step{"GET", "/subjects/s/versions/0", "", 422, "42202"},
		step{"GET", "/subjects/s/versions/first", "", 422, "42202"},
		step{"GET", "/subjects/s/versions/99999999999", "", 422, "42202"},
		step{"POST", "/subjects/s", asked(one), 200, `{"subject":"s","id":1,"version":1,"schema":` + quoted(one) + `}`},
		step{"POST", "/subjects/t", asked(one), 404, "40403"},
		step{"GET", "/schemas/ids/1", "", 200, `{"schema":` + quoted(one) + `}`},
		step{"GET", "/schemas/ids/2/schema", "", 200, two},
		step{"GET", "/schemas/ids/2/subjects", "", 200, `["s","t"]`},
		step{"GET", "/schemas/ids/2/versions", "", 200, `[{"subject":"s","version":2},{"subject":"t","version":1}]`},
		step{"GET", "/schemas/ids/9/versions", "", 404, "40403"},
		step{"GET", "/schemas/ids/x", "", 404, "404"},
	)
}

func TestRefusals(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"POST", "/subjects/s/versions", `{"schema":"nonsense"}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":""}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"{}","schemaType":"JSON"}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"x","schemaType":"PROTOBUF"}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","references":[{"name":"a","subject":"b","version":1}]}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","schemaTagsToAdd":[{"tags":["PII"]}]}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","metadata":{"tags":{"a":"PII"}}}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","metadata":{"owner":"me"}}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","ruleSet":{"domainRules":[{"kind":"CONDITION"}]}}`, 422, "42210"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","ruleSet":{"domainRules":[{"name":"a","mode":"UPGRADE"}]}}`, 422, "42210"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","ruleSet":{"domainRules":[{"name":"a"},{"name":"a"}]}}`, 422, "42210"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","id":7}`, 422, "42205"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","version":7}`, 422, "42201"},
		step{"POST", "/subjects/s/versions", asked(`{"type":"enum","name":"E","doc":"` + strings.Repeat("x", 950_000) + `","symbols":["A"]}`), 422, "42209"},
		step{"POST", "/subjects/:.staging:s/versions", asked(`"int"`), 422, "42208"},
		step{"GET", "/subjects/:.staging:s/versions", "", 422, "42208"},
		step{"GET", "/subjects?subjectPrefix=:.staging:", "", 422, "42208"},
		step{"PUT", "/config/s", `{"compatibility":"FULL","alias":"t"}`, 422, "422"},
		step{"PUT", "/config", `{"compatibility":"FULL","defaultRuleSet":{"domainRules":[{"name":"a"}]}}`, 422, "422"},
		step{"POST", "/subjects/s/versions", `{"schema":"\"int\"","references":[],"metadata":{"tags":{}},"ruleSet":{"domainRules":[]},"schemaType":"AVRO"}`, 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", `{`, 400, "400"},
		step{"POST", "/subjects/s/versions", ``, 400, "400"},
		step{"POST", "/subjects/s/versions", `[]`, 400, "400"},
		step{"POST", "/subjects/s/versions", `{"schema":"` + strings.Repeat(" ", 3<<20) + `"}`, 413, "413"},
		step{"POST", "/subjects/%20/versions", asked(`"int"`), 422, "42208"},
		step{"POST", "/subjects/a%0Ab/versions", asked(`"int"`), 422, "42208"},
		step{"POST", "/subjects/" + strings.Repeat("x", 1001) + "/versions", asked(`"int"`), 422, "42208"},
		step{"GET", "/nothing", "", 404, "404"},
		step{"GET", "/subjects/s/versions/1/nothing", "", 404, "404"},
		step{"PATCH", "/subjects", "", 405, "405"},
		step{"POST", "/subjects", "", 405, "405"},
		step{"PUT", "/config", `{"compatibility":"LOOSE"}`, 422, "42203"},
		step{"PUT", "/config/s", `{}`, 422, "42203"},
		step{"PUT", "/mode", `{"mode":"FORWARD"}`, 422, "42204"},
	)
	// A name is data, wherever it comes from.
	play(t, s,
		step{"POST", "/subjects/a%2Fb..%2F../versions", asked(`"int"`), 200, `{"id":1}`},
		step{"GET", "/subjects/a%2Fb..%2F../versions", "", 200, `[1]`},
		step{"GET", "/subjects", "", 200, `["a/b../..","s"]`},
	)
}

// A schema is another one when anything changed that a reader or a tool lives by, and the same otherwise.
func TestIdentity(t *testing.T) {
	s, _ := fresh(t)
	play(t, s, step{"PUT", "/config", `{"compatibility":"NONE"}`, 200, `{"compatibility":"NONE"}`})
	const base = `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`
	play(t, s, step{"POST", "/subjects/s/versions", asked(base), 200, `{"id":1}`})
	for _, same := range []string{
		"{ \"type\" : \"record\",\n\"name\":\"R\", \"fields\":[ {\"name\":\"a\",\"type\":\"int\"} ] }",
		`{"name":"R","fields":[{"type":"int","name":"a"}],"type":"record"}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int"}}]}`,
	} {
		play(t, s, step{"POST", "/subjects/s/versions", asked(same), 200, `{"id":1}`})
	}
	id := 2
	for _, other := range []string{
		`{"type":"record","name":"R","doc":"d","fields":[{"name":"a","type":"int"}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","doc":"d"}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":10}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","logicalType":"date"}}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","tags":["PII"]}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","tags":{"type":"PII"}}]}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int","tags":"PII"}]}`,
	} {
		play(t, s, step{"POST", "/subjects/s/versions", asked(other), 200, fmt.Sprintf(`{"id":%d}`, id)})
		id++
	}
	// A tag that is taken away again is the first schema again, as a new version: the first is not deleted, so it is found.
	play(t, s, step{"POST", "/subjects/s/versions", asked(base), 200, `{"id":1}`})
}

func TestCompatibilityLevels(t *testing.T) {
	var (
		v1       = record(fieldA)
		v2       = record(fieldA, optionB)
		addPlain = record(fieldA, `{"name":"c","type":"string"}`) // old data lacks c
		dropAll  = record(`{"name":"c","type":"string","default":""}`)
	)
	for _, c := range []struct {
		level, schema string
		compatible    bool
	}{
		{"NONE", `"int"`, true},
		{"BACKWARD", v1, true},
		{"BACKWARD", addPlain, false},
		{"BACKWARD_TRANSITIVE", dropAll, true},
		{"BACKWARD_TRANSITIVE", record(fieldA, fieldB), false}, // v1 has no b
		{"BACKWARD", record(fieldA, fieldB), true},             // v2 has
		{"FORWARD", addPlain, true},
		{"FORWARD", dropAll, false},
		{"FORWARD_TRANSITIVE", record(fieldA), true},
		{"FULL", record(fieldA, optionB, `{"name":"c","type":"int","default":0}`), true},
		{"FULL", addPlain, false},
		{"FULL_TRANSITIVE", record(fieldA), true},
		{"FULL_TRANSITIVE", dropAll, false},
		{"full_transitive", record(fieldA, `{"name":"b","type":"int","default":0}`), false},
	} {
		t.Run(c.level, func(t *testing.T) {
			s, _ := fresh(t)
			play(t, s,
				step{"POST", "/subjects/s/versions", asked(v1), 200, `{"id":1}`},
				step{"POST", "/subjects/s/versions", asked(v2), 200, `{"id":2}`},
				step{"PUT", "/config/s", `{"compatibility":"` + c.level + `"}`, 200, `{"compatibility":"` + strings.ToUpper(c.level) + `"}`},
			)
			want := `{"is_compatible":false}`
			if c.compatible {
				want = `{"is_compatible":true}`
			}
			play(t, s, step{"POST", "/compatibility/subjects/s/versions", asked(c.schema), 200, want})
			status := http.StatusConflict
			if c.compatible {
				status = http.StatusOK
			}
			if got, text := request(t, s, "POST", "/subjects/s/versions", asked(c.schema)); got != status {
				t.Fatalf("register: %d %s; want %d", got, text, status)
			}
		})
	}
}

func TestCompatibilityOfOneVersion(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"POST", "/compatibility/subjects/s/versions/latest", asked(`"int"`), 200, `{"is_compatible":true}`},
		step{"POST", "/compatibility/subjects/s/versions/1", asked(`"int"`), 404, "40401"},
		step{"POST", "/subjects/s/versions", asked(record(fieldA)), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", asked(record(fieldA, optionB)), 200, `{"id":2}`},
		step{"POST", "/compatibility/subjects/s/versions/1", asked(record(fieldA, fieldB)), 200, `{"is_compatible":false}`},
		step{"POST", "/compatibility/subjects/s/versions/2", asked(record(fieldA, fieldB)), 200, `{"is_compatible":true}`},
		step{"POST", "/compatibility/subjects/s/versions/3", asked(record(fieldA)), 404, "40402"},
		step{"POST", "/compatibility/subjects/s/versions/x", asked(record(fieldA)), 422, "42202"},
		step{"POST", "/compatibility/subjects/s/versions/1", `{"schema":"?"}`, 422, "42201"},
	)
	_, text := request(t, s, "POST", "/compatibility/subjects/s/versions/1?verbose=true", asked(record(fieldA, fieldB)))
	if !strings.Contains(text, "version 1") || !strings.Contains(text, "b") {
		t.Errorf("verbose: %s; want a message that names version 1 and field b", text)
	}
	_, text = request(t, s, "POST", "/subjects/s/versions", asked(`"int"`))
	if !strings.Contains(text, `subject \"s\"`) || !strings.Contains(text, "version 2") {
		t.Errorf("conflict: %s; want the subject and the version", text)
	}
}

func TestConfigAndMode(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"GET", "/config", "", 200, `{"compatibilityLevel":"BACKWARD"}`},
		step{"GET", "/config/s", "", 404, "40408"},
		step{"GET", "/config/s?defaultToGlobal=true", "", 200, `{"compatibilityLevel":"BACKWARD"}`},
		step{"PUT", "/config", `{"compatibility":"FULL"}`, 200, `{"compatibility":"FULL"}`},
		step{"PUT", "/config/s", `{"compatibility":"forward"}`, 200, `{"compatibility":"FORWARD"}`},
		step{"GET", "/config/s", "", 200, `{"compatibilityLevel":"FORWARD"}`},
		step{"GET", "/config/t?defaultToGlobal=true", "", 200, `{"compatibilityLevel":"FULL"}`},
		step{"GET", "/subjects", "", 200, `[]`}, // a level alone makes no subject
		step{"DELETE", "/config/s", "", 200, `{"compatibilityLevel":"FORWARD"}`},
		step{"DELETE", "/config/s", "", 404, "40408"},
		step{"DELETE", "/config", "", 200, `{"compatibilityLevel":"FULL"}`},
		step{"GET", "/config", "", 200, `{"compatibilityLevel":"BACKWARD"}`},

		step{"GET", "/mode", "", 200, `{"mode":"READWRITE"}`},
		step{"GET", "/mode/s", "", 404, "40409"},
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"PUT", "/mode/s", `{"mode":"readonly"}`, 200, `{"mode":"READONLY"}`},
		step{"POST", "/subjects/s/versions", asked(`"long"`), 422, "42205"},
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"DELETE", "/subjects/s", "", 422, "42205"},
		step{"DELETE", "/subjects/s/versions/1", "", 422, "42205"},
		step{"PUT", "/config/s", `{"compatibility":"NONE"}`, 422, "42205"},
		step{"POST", "/subjects/t/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"DELETE", "/mode/s", "", 200, `{"mode":"READONLY"}`},
		step{"PUT", "/mode", `{"mode":"READONLY"}`, 200, `{"mode":"READONLY"}`},
		step{"POST", "/subjects/t/versions", asked(`"long"`), 422, "42205"},
		step{"PUT", "/config", `{"compatibility":"NONE"}`, 422, "42205"},
		step{"PUT", "/mode", `{"mode":"READWRITE"}`, 200, `{"mode":"READWRITE"}`},
		step{"POST", "/subjects/t/versions", asked(`"long"`), 200, `{"id":2}`},
	)
}

func TestDelete(t *testing.T) {
	s, _ := fresh(t)
	play(t, s,
		step{"DELETE", "/subjects/s", "", 404, "40401"},
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"POST", "/subjects/s/versions", asked(`"long"`), 200, `{"id":2}`},
		step{"POST", "/subjects/s/versions", asked(`"double"`), 200, `{"id":3}`},
		step{"PUT", "/config/s", `{"compatibility":"FULL"}`, 200, `{"compatibility":"FULL"}`},
		step{"DELETE", "/subjects/s/versions/2?permanent=true", "", 404, "40407"},
		step{"DELETE", "/subjects/s/versions/2", "", 200, `2`},
		step{"DELETE", "/subjects/s/versions/2", "", 404, "40406"},
		step{"DELETE", "/subjects/s/versions/7", "", 404, "40402"},
		step{"GET", "/subjects/s/versions", "", 200, `[1,3]`},
		step{"GET", "/subjects/s/versions?deleted=true", "", 200, `[1,2,3]`},
		step{"GET", "/subjects/s/versions/2", "", 404, "40402"},
		step{"GET", "/subjects/s/versions/2?deleted=true", "", 200, `{"subject":"s","id":2,"version":2,"schema":"\"long\""}`},
		step{"GET", "/schemas/ids/2", "", 200, `{"schema":"\"long\""}`}, // records still carry it
		step{"GET", "/schemas/ids/2/subjects", "", 200, `[]`},
		step{"GET", "/schemas/ids/2/subjects?deleted=true", "", 200, `["s"]`},
		step{"DELETE", "/subjects/s/versions/latest", "", 200, `3`},
		step{"GET", "/subjects/s/versions/latest", "", 200, `{"subject":"s","id":1,"version":1,"schema":"\"int\""}`},

		step{"DELETE", "/subjects/s?permanent=true", "", 404, "40405"},
		step{"DELETE", "/subjects/s", "", 200, `[1]`},
		step{"DELETE", "/subjects/s", "", 404, "40404"},
		step{"GET", "/subjects", "", 200, `[]`},
		step{"GET", "/subjects?deleted=true", "", 200, `["s"]`},
		step{"GET", "/config/s", "", 200, `{"compatibilityLevel":"FULL"}`}, // the promise stays
		step{"POST", "/subjects/s/versions", asked(`"long"`), 200, `{"id":2}`},
		step{"GET", "/subjects/s/versions", "", 200, `[4]`},
		step{"DELETE", "/subjects/s", "", 200, `[4]`},
		step{"DELETE", "/subjects/s?permanent=true", "", 200, `[1,2,3,4]`},
		step{"GET", "/subjects?deleted=true", "", 200, `[]`},
		step{"GET", "/config/s", "", 404, "40408"},
		step{"GET", "/schemas/ids/2", "", 404, "40403"},
		// An id is never given twice: records on topics may carry the old one.
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":4}`},
		step{"GET", "/subjects/s/versions", "", 200, `[1]`},
	)
}

// A change whose store fails is not seen, and what the store did hold is found before the next one.
func TestStoreFailure(t *testing.T) {
	for _, stored := range []bool{false, true} {
		_, store := fresh(t)
		f := &failing{Memory: store}
		s := open(t, f)
		play(t, s, step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":1}`})
		f.fail, f.store = errors.New("broker away"), stored
		play(t, s,
			step{"POST", "/subjects/s/versions", asked(`"long"`), 500, "50001"},
			step{"GET", "/subjects/s/versions", "", 200, `[1]`},
		)
		f.fail = nil
		play(t, s,
			step{"POST", "/subjects/s/versions", asked(`"long"`), 200, `{"id":2}`},
			step{"GET", "/subjects/s/versions", "", 200, `[1,2]`},
			step{"POST", "/subjects/t/versions", asked(`"double"`), 200, `{"id":3}`},
		)
	}
}
