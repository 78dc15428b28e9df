package server_test

import "testing"

// imported is the body of a request with a schema, its id and its version.
func imported(schema, id, version string) string {
	return `{"schema":` + quoted(schema) + `,"id":` + id + `,"version":` + version + `}`
}

func TestImport(t *testing.T) {
	s, store := fresh(t)
	play(t, s,
		step{"POST", "/subjects/old/versions", asked(`"int"`), 200, `{"id":1}`},
		step{"PUT", "/mode", `{"mode":"IMPORT"}`, 422, "42205"}, // there is something
		step{"PUT", "/mode/new", `{"mode":"IMPORT"}`, 200, `{"mode":"IMPORT"}`},
		step{"POST", "/subjects/new/versions", asked(`"string"`), 422, "42205"}, // an id is needed
		step{"POST", "/subjects/old/versions", imported(`"long"`, "40", "2"), 422, "42205"},
		step{"POST", "/subjects/new/versions", imported(`"string"`, "40", "3"), 200, `{"id":40}`},
		step{"POST", "/subjects/new/versions", imported(`"bytes"`, "41", "5"), 200, `{"id":41}`}, // held against nothing
		step{"POST", "/subjects/new/versions", imported(`"bytes"`, "41", "5"), 200, `{"id":41}`},
		step{"POST", "/subjects/new/versions", imported(`"int"`, "41", "6"), 422, "42205"}, // the id is another schema's
		step{"POST", "/subjects/new/versions", imported(`"int"`, "42", "5"), 422, "42205"}, // and so is the version
		step{"POST", "/subjects/new/versions", imported(`"int"`, "43", "0"), 200, `{"id":43}`},
		step{"GET", "/subjects/new/versions", "", 200, `[3,5,6]`},
		step{"GET", "/schemas/ids/43/versions", "", 200, `[{"subject":"new","version":6}]`},
		step{"DELETE", "/mode/new", "", 200, `{"mode":"IMPORT"}`},
		step{"POST", "/subjects/new/versions", asked(`"double"`), 200, `{"id":44}`}, // ids go on above what came
		step{"POST", "/subjects/third/versions", asked(`"int"`), 200, `{"id":1}`},   // of two ids, the first
		step{"GET", "/mode/new?defaultToGlobal=true", "", 200, `{"mode":"READWRITE"}`},
	)
	again := open(t, copied(t, store, true))
	play(t, again, step{"POST", "/subjects/fourth/versions", asked(`"int"`), 200, `{"id":1}`})
}

func TestImportMakesRoom(t *testing.T) {
	s, _ := shop(t)
	play(t, s,
		step{"DELETE", "/subjects/order", "", 200, `[1]`},
		step{"DELETE", "/subjects/address", "", 200, `[1]`},
		step{"DELETE", "/subjects/country", "", 200, `[1]`},
		step{"PUT", "/mode/country", `{"mode":"IMPORT"}`, 422, "42206"}, // the address still refers to it
		step{"PUT", "/mode", `{"mode":"IMPORT"}`, 200, `{"mode":"IMPORT"}`},
		step{"GET", "/subjects?deleted=true", "", 200, `[]`},
		step{"GET", "/schemas/ids/1", "", 404, "40403"},
		step{"DELETE", "/mode", "", 200, `{"mode":"IMPORT"}`},
		step{"POST", "/subjects/s/versions", asked(`"int"`), 200, `{"id":4}`},
		step{"PUT", "/mode?force=true", `{"mode":"IMPORT"}`, 200, `{"mode":"IMPORT"}`},
		step{"POST", "/subjects/s/versions", imported(`"string"`, "9", "2"), 200, `{"id":9}`},
	)
}
