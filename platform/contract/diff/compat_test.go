package diff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// invented makes the fields of a record at random: as ODCS has them, and as Avro does. One seed makes one field.
type invented struct {
	*rand.Rand
	names string // what types are called that have a name
	named int
}

var scalars = [][3]string{ // logical type, physical type, Avro
	{"string", "string", `"string"`}, {"string", "bytes", `"bytes"`}, {"integer", "int", `"int"`}, {"integer", "long", `"long"`},
	{"number", "float", `"float"`}, {"number", "double", `"double"`}, {"boolean", "boolean", `"boolean"`},
	{"date", "date", `{"type": "int", "logicalType": "date"}`}, {"timestamp", "timestamp-millis", `{"type": "long", "logicalType": "timestamp-millis"}`},
	{"timestamp", "timestamp-micros", `{"type": "long", "logicalType": "timestamp-micros"}`},
	{"number", "decimal(9,2)", `{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}`},
	{"number", "decimal(9,3)", `{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}`},
	{"number", "decimal(12,2)", `{"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}`},
}

func (g *invented) record(depth, indent int, names ...string) (yaml, fields string) {
	space := strings.Repeat(" ", indent)
	var all []string
	for _, name := range names {
		if g.IntN(4) == 0 {
			continue
		}
		logical, physical, schema, inner := g.kind(depth, indent)
		nullable, aliases := g.IntN(2) == 0, ""
		if g.IntN(6) == 0 {
			aliases = fmt.Sprintf(`, "aliases": ["%s"]`, []string{"a", "b", "x"}[g.IntN(3)])
		}
		required, def := "        required: true\n", ""
		if nullable {
			schema, required = `["null", `+schema+`]`, ""
			if g.IntN(3) > 0 {
				def = `, "default": null`
			}
		}
		if required != "" {
			required = space + "  required: true\n"
		}
		yaml += fmt.Sprintf("%s- name: %s\n%s  logicalType: %s\n%s  physicalType: %s\n%s%s", space, name, space, logical, space, physical, required, inner)
		all = append(all, fmt.Sprintf(`{"name": %q, "type": %s%s%s}`, name, schema, def, aliases))
	}
	return yaml, strings.Join(all, ", ")
}

func (g *invented) kind(depth, indent int) (logical, physical, schema, inner string) {
	g.named++
	space := strings.Repeat(" ", indent)
	switch n := g.IntN(8); {
	case n == 0:
		symbols := []string{`"X"`}
		for _, s := range []string{`"Y"`, `"Z"`} {
			if g.IntN(2) == 0 {
				symbols = append(symbols, s)
			}
		}
		def := []string{"", `, "default": "X"`}[g.IntN(2)]
		return "string", "enum", fmt.Sprintf(`{"type": "enum", "name": "E%s%d", "symbols": [%s]%s}`, g.names, g.named, strings.Join(symbols, ", "), def), ""
	case n == 1 && depth > 0:
		yaml, fields := g.record(depth-1, indent+4, "a", "b", "c")
		if yaml != "" {
			return "object", "record", fmt.Sprintf(`{"type": "record", "name": "R%s%d", "fields": [%s]}`, g.names, g.named, fields), space + "  properties:\n" + yaml
		}
	case n == 2 && depth > 0:
		s := scalars[g.IntN(len(scalars))]
		return "array", "array", `{"type": "array", "items": ` + s[2] + `}`, fmt.Sprintf("%s  items:\n%s    logicalType: %s\n%s    physicalType: %s\n", space, space, s[0], space, s[1])
	}
	s := scalars[g.IntN(len(scalars))]
	return s[0], s[1], s[2], ""
}

func inventedTree(seeds [3]uint64) map[string][]byte {
	yaml, fields := "", ""
	for i, name := range []string{"a", "b", "c"} {
		g := &invented{Rand: rand.New(rand.NewPCG(seeds[i], 2026)), names: name} //nolint:gosec // the same cases each time
		y, f := g.record(1, 6, name)
		yaml += y
		fields = strings.Trim(fields+", "+f, ", ")
	}
	return map[string][]byte{
		"a.odcs.yaml": []byte("apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\nschema:\n  - name: A\n    physicalType: topic\n    physicalName: shop.orders.a.v1\n    properties:\n      - name: id\n        logicalType: string\n        physicalType: string\n        required: true\n" + yaml),
		"a.avsc":      []byte(`{"type": "record", "name": "A", "fields": [{"name": "id", "type": "string"}` + strings.TrimSuffix(", "+fields, ", ") + `]}`),
	}
}

// TestSafeIsReadable compares invented contracts of which one field differs. Where one of two schemas cannot read the other's records, the change is not
// safe; and where the new one cannot read the old one's, it is breaking, but for a default that was taken away, which is risky.
func TestSafeIsReadable(t *testing.T) {
	seeds := rand.New(rand.NewPCG(4, 2026)) //nolint:gosec // the same cases each time
	pairs, apart := 0, 0
	for pairs < 500 {
		one := [3]uint64{seeds.Uint64(), seeds.Uint64(), seeds.Uint64()}
		other := one
		other[seeds.IntN(3)] = seeds.Uint64()
		files, others := inventedTree(one), inventedTree(other)
		before, findings := Parse(files, "")
		after, more := Parse(others, "")
		if len(findings)+len(more) > 0 {
			t.Fatalf("%v\n%s\n%s", append(findings, more...), files["a.odcs.yaml"], files["a.avsc"])
		}
		pairs++
		r := Compare(before, after, Options{Now: now})
		worst := Safe
		takenAway := false
		for _, p := range r.Pairs {
			for _, c := range p.Changes {
				if c.Class.rank() < worst.rank() {
					worst = c.Class
				}
				takenAway = takenAway || c.Rule == "field.default-removed"
			}
		}
		o, n := before.Contracts[0].Schema(), after.Contracts[0].Schema()
		backward, forward := avro.CanRead(n, o), avro.CanRead(o, n)
		if len(backward)+len(forward) > 0 {
			apart++
		}
		if len(backward) > 0 && worst != Breaking && !takenAway || len(forward) > 0 && worst == Safe {
			t.Errorf("%s, but backward %v, forward %v\n%s\n%s\n%+v", worst, backward, forward, files["a.avsc"], others["a.avsc"], r.Pairs)
		}
		if same := slices.Equal(files["a.avsc"], others["a.avsc"]) && slices.Equal(files["a.odcs.yaml"], others["a.odcs.yaml"]); same != (len(r.Pairs) == 0) {
			t.Errorf("said %v of\n%s\n%s", r.Pairs, files["a.odcs.yaml"], others["a.odcs.yaml"])
		}
	}
	if apart < pairs/3 {
		t.Errorf("only %d of %d pairs cannot read each other", apart, pairs)
	}
}
