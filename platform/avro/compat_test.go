package avro

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCanRead(t *testing.T) {
	rec := func(name, fields string) string {
		return `{"type":"record","name":"` + name + `","fields":[` + fields + `]}`
	}
	dec := func(p, s int) string {
		return fmt.Sprintf(`{"type":"bytes","logicalType":"decimal","precision":%d,"scale":%d}`, p, s)
	}
	for _, c := range []struct {
		name, reader, writer string
		want                 []string // path and rule of each finding
	}{
		{"same", `"int"`, `"int"`, nil},
		{"int to long", `"long"`, `"int"`, nil},
		{"int to double", `"double"`, `"int"`, nil},
		{"long to float", `"float"`, `"long"`, nil},
		{"float to double", `"double"`, `"float"`, nil},
		{"string to bytes", `"bytes"`, `"string"`, nil},
		{"bytes to string", `"string"`, `"bytes"`, nil},
		{"long to int", `"int"`, `"long"`, []string{"$ type"}},
		{"double to float", `"float"`, `"double"`, []string{"$ type"}},
		{"int to string", `"string"`, `"int"`, []string{"$ type"}},
		{"null to int", `"int"`, `"null"`, []string{"$ type"}},
		{"boolean to int", `"int"`, `"boolean"`, []string{"$ type"}},
		{"array items", `{"type":"array","items":"long"}`, `{"type":"array","items":"int"}`, nil},
		{"array items, not", `{"type":"array","items":"int"}`, `{"type":"array","items":"long"}`, []string{"[] type"}},
		{"map values, not", `{"type":"map","values":"int"}`, `{"type":"map","values":"long"}`, []string{"{} type"}},
		{"array to map", `{"type":"map","values":"int"}`, `{"type":"array","items":"int"}`, []string{"$ type"}},
		{"fixed", `{"type":"fixed","name":"F","size":2}`, `{"type":"fixed","name":"n.F","size":2}`, nil},
		{"fixed of another size", `{"type":"fixed","name":"F","size":2}`, `{"type":"fixed","name":"F","size":3}`, []string{"$ size"}},
		{"fixed of another name", `{"type":"fixed","name":"F","size":2}`, `{"type":"fixed","name":"G","size":2}`, []string{"$ name"}},
		{"fixed by alias", `{"type":"fixed","name":"F","aliases":["G"],"size":2}`, `{"type":"fixed","name":"G","size":2}`, nil},
		{"a bare alias in another namespace", `{"type":"fixed","name":"F","aliases":["G"],"size":2}`, `{"type":"fixed","name":"n.G","size":2}`, nil},
		{"a full alias in another namespace", `{"type":"fixed","name":"F","aliases":["m.G"],"size":2}`, `{"type":"fixed","name":"n.G","size":2}`, []string{"$ name"}},
		{"an alias of the writer's does not count", `{"type":"fixed","name":"F","size":2}`, `{"type":"fixed","name":"G","aliases":["F"],"size":2}`, []string{"$ name"}},
		{"enum with more symbols", `{"type":"enum","name":"E","symbols":["A","B"]}`, `{"type":"enum","name":"E","symbols":["B"]}`, nil},
		{"enum with fewer symbols", `{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"enum","name":"E","symbols":["A","B"]}`, []string{"$ enum-symbol"}},
		{"enum with a default", `{"type":"enum","name":"E","symbols":["A"],"default":"A"}`, `{"type":"enum","name":"E","symbols":["A","B"]}`, nil},
		{"the writer's default does not count", `{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}`, []string{"$ enum-symbol"}},
		{"decimals", dec(10, 2), dec(10, 2), nil},
		{"decimal of another scale", dec(10, 3), dec(10, 2), []string{"$ decimal"}},
		{"decimal of another precision", dec(11, 2), dec(10, 2), []string{"$ decimal"}},
		{"decimal and bytes", dec(10, 2), `"bytes"`, nil},
		{"other logical types are as their type", millis, `"long"`, nil},
		{"a new field with a default", rec("R", `{"name":"a","type":"int","default":1}`), rec("R", ``), nil},
		{"a new field without one", rec("R", `{"name":"a","type":"int"}`), rec("R", ``), []string{"$ field-default"}},
		{"a new optional field without one", rec("R", `{"name":"a","type":["null","int"]}`), rec("R", ``), []string{"$ field-default"}},
		{"a dropped field", rec("R", ``), rec("R", `{"name":"a","type":"int"}`), nil},
		{"another order", rec("R", `{"name":"a","type":"int"},{"name":"b","type":"string"}`), rec("R", `{"name":"b","type":"string"},{"name":"a","type":"int"}`), nil},
		{"a renamed field", rec("R", `{"name":"a","aliases":["b"],"type":"int"}`), rec("R", `{"name":"b","type":"int"}`), nil},
		{"a renamed field of another type", rec("R", `{"name":"a","aliases":["b"],"type":"int"}`), rec("R", `{"name":"b","type":"string"}`), []string{"b type"}},
		{"a field by name and alias", rec("R", `{"name":"a","aliases":["b"],"type":"int"}`), rec("R", `{"name":"a","type":"int"},{"name":"b","type":"int"}`), []string{"$ field-ambiguous"}},
		{"one field for two", rec("R", `{"name":"a","aliases":["x"],"type":"int"},{"name":"b","aliases":["x"],"type":"int"}`), rec("R", `{"name":"x","type":"int"}`), []string{"$ field-ambiguous"}},
		{"an alias that is a field of its own", rec("R", `{"name":"a","aliases":["b"],"type":"int"},{"name":"b","type":"int"}`), rec("R", `{"name":"a","type":"int"},{"name":"b","type":"int"}`), nil},
		{"another record", rec("R", ``), rec("S", ``), []string{"$ name"}},
		{"the same record elsewhere", rec("a.R", ``), rec("b.R", ``), nil},
		{"two faults", rec("R", `{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"int"}}`), rec("R", `{"name":"a","type":"string"},{"name":"b","type":{"type":"array","items":"string"}}`), []string{"a type", "b[] type"}},
		{"into a union", `["null","int"]`, `"int"`, nil},
		{"into a union by promotion", `["null","double"]`, `"int"`, nil},
		{"into no branch", `["null","int"]`, `"string"`, []string{"$ union-branch"}},
		{"out of a union", `"long"`, `["int","long"]`, nil},
		{"out of a union, one not", `"int"`, `["int","null"]`, []string{"$ type"}},
		{"a union to a wider one", `["null","long","string"]`, `["int","null"]`, nil},
		{"a union to a narrower one", `["null","int"]`, `["null","int","string"]`, []string{"$ union-branch"}},
		{"a union of fixed by size", `[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":2}]`, `{"type":"fixed","name":"c.F","size":2}`, nil},
		{"the branch matches by name but not below", `["null",` + rec("R", `{"name":"a","type":"int"}`) + `]`, rec("R", ``), []string{"$ field-default"}},
		{"a list", rec("L", `{"name":"v","type":"long"},{"name":"next","type":["null","L"]}`), rec("L", `{"name":"v","type":"int"},{"name":"next","type":["null","L"]}`), nil},
		{"a list of another kind", rec("L", `{"name":"next","type":["null","L"]},{"name":"v","type":"int"}`), rec("L", `{"name":"next","type":["null","L"]},{"name":"v","type":"long"}`), []string{"v type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range CanRead(mustParse(t, c.reader), mustParse(t, c.writer)) {
				got = append(got, f.Path+" "+f.Rule)
				if f.Message == "" || !strings.Contains(f.String(), f.Message) {
					t.Errorf("finding %+v", f)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The verdict on a pair does not depend on which pairs were asked before, nor on where in a recursion one begins.
func TestCanReadDoesNotDependOnHistory(t *testing.T) {
	reader := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]},{"name":"x","type":"int"}]}]}]}`)
	writer := mustParse(t, `{"type":"record","name":"A","fields":[{"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]},{"name":"x","type":"long"}]}]}]}`)
	rb, _ := reader.Lookup("b")
	wb, _ := writer.Lookup("b")
	for range 3 {
		for _, pair := range [][2]*Schema{{reader, writer}, {rb, wb}, {rb.Value(), wb.Value()}, {rb.Value().fields[0].typ, wb.Value().fields[0].typ}} {
			if f := CanRead(pair[0], pair[1]); len(f) != 1 {
				t.Errorf("%s: %v", pair[0].label(), f)
			}
		}
	}
}

func TestLevels(t *testing.T) {
	v1 := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`)
	wider := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}`)                                     // reads v1, is not read by it
	added := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}`)            // is read by v1, does not read it
	both := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]}`) // both
	onlyB := mustParse(t, `{"type":"record","name":"R","fields":[{"name":"b","type":"int","default":1}]}`)                          // reads v1, v1 does not read it
	for _, c := range []struct {
		name    string
		next    *Schema
		history []*Schema
		ok      string // the levels that allow it, by their first letters; t for transitive
	}{
		{"first", v1, nil, "N B Bt F Ft X Xt"},
		{"same", v1, []*Schema{v1}, "N B Bt F Ft X Xt"},
		{"wider", wider, []*Schema{v1}, "N B Bt"},
		{"added", added, []*Schema{v1}, "N F Ft"},
		{"both", both, []*Schema{v1}, "N B Bt F Ft X Xt"},
		{"only the last counts", added, []*Schema{v1, both}, "N B F Ft X"},
		{"dropped", onlyB, []*Schema{v1, both}, "N B Bt"},
	} {
		for name, level := range map[string]Level{"N": None, "B": Backward, "Bt": BackwardTransitive, "F": Forward, "Ft": ForwardTransitive, "X": Full, "Xt": FullTransitive} {
			found := level.Check(c.next, c.history)
			if ok := slices.Contains(strings.Fields(c.ok), name); ok != (len(found) == 0) {
				t.Errorf("%s under %s: %v", c.name, level, found)
			}
		}
	}
	found := FullTransitive.Check(added, []*Schema{v1, both})
	if len(found) != 1 || !strings.Contains(found[0].Message, "version 1") {
		t.Errorf("findings %v", found)
	}
}

func TestParseLevel(t *testing.T) {
	if l, err := ParseLevel("full_transitive"); err != nil || l != FullTransitive {
		t.Error(l, err)
	}
	if _, err := ParseLevel("sideways"); err == nil || !strings.Contains(err.Error(), "BACKWARD") {
		t.Error(err)
	}
}

// Unions of many records of one name in many namespaces do not blow a comparison up.
func TestCanReadIsBounded(t *testing.T) {
	wide := func(prefix string) string {
		var b strings.Builder
		b.WriteString(`[`)
		for i := range 150 {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, `{"type":"record","name":"%s%d.X","fields":[{"name":"f","type":{"type":"array","items":"%s0.X"}}]}`, prefix, i, prefix)
		}
		return b.String() + "]"
	}
	bounded(t, 2e9, 200<<20, func() { CanRead(mustParse(t, wide("a")), mustParse(t, wide("b"))) })
}
