package contract

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// maker fills models with whatever a hand could write into them.
type maker struct {
	*rand.Rand
	odps bool // which has no vendors
}

func (m maker) pick(words ...string) string { return words[m.IntN(len(words))] }

// text is awkward in YAML, most of the time.
func (m maker) text() string {
	words := []string{
		"a", "12", "1.5", "0x1F", "1_000", "0o7", "012", ".5", "1e3", "-1", "12:30:45", "2026-11-21", "2026-11-21T10:00:00Z", "true", "No", "on", "y", "null", "~", "=", "<<", ".inf", ".NaN",
		"- a", "a: b", "# c", " a", "a ", "a #b", "'", "\"", "{a}", "[a]", "*a", "&a", "!a", "|", ">", "%", "@", "`", "?", ":", "-", "---", "...", "two\nlines", "two\nlines\n", "three\n\n\nlines\n\n", "\nfirst", " in\nner", "tab\there", "\ttab\nx", "trailing \nspace",
		"\u0085", "\u2028\n", "\ufeff", "\x00", "\x1b[31m", "\r\n", "a\rb", "é", "日本\n語", "😀", "\u00a0", strings.Repeat("long words ", 30), "x\n- y: z\n  # w",
	}
	if m.IntN(3) == 0 {
		return m.pick(words...) + m.pick(words...)
	}
	return m.pick(words...)
}

func (m maker) value(depth int, kinds ...strict.Kind) Value {
	if len(kinds) == 0 {
		kinds = []strict.Kind{strict.Null, strict.Text, strict.Integer, strict.Decimal, strict.Bool, strict.List, strict.Map}
	}
	v := Value{Kind: kinds[m.IntN(len(kinds))]}
	switch v.Kind {
	case strict.Text:
		v.Text = m.text()
	case strict.Integer:
		v.Text = m.pick("0", "7", "-12", "0x1F", "1_000")
	case strict.Decimal:
		v.Text = m.pick("0.5", "-1.50", "1e3", ".5", "6.02E23")
	case strict.Bool:
		v.Text = m.pick("true", "false")
	case strict.List:
		for range m.IntN(3) * max(0, 2-depth) {
			v.Items = append(v.Items, m.value(depth+1))
		}
	case strict.Map:
		for i := range m.IntN(3) * max(0, 2-depth) {
			v.Entries = append(v.Entries, strict.Entry{Key: m.text() + strconv.Itoa(i), Value: m.value(depth + 1)})
		}
	}
	return v
}

// fill sets the fields of a struct, most of them, by their names where the standard allows only some values.
func (m maker) fill(v reflect.Value, field string, depth int) {
	words := map[string][]string{
		"Property.LogicalType": {"string", "timestamp", "map", "vector"}, "SchemaObject.LogicalType": {"object"}, "Quality.Type": {"text", "library", "sql", "custom"},
		"Quality.Metric": {"nullValues", "rowCount"}, "Quality.Dimension": {"accuracy", "coverage"}, "VectorOptions.ElementType": {"int8"},
		"VectorOptions.DistanceMetric": {"cosine"}, "Property.SemanticType": {"measure"}, "Relationship.Type": {"foreignKey"},
	}
	switch {
	case m.odps && field == "CustomProperty.Vendor":
	case words[field] != nil:
		v.SetString(m.pick(words[field]...))
	case strings.HasSuffix(field, ".ID"):
		v.SetString(m.pick("a-1", "B_2", "007"))
	case v.Type() == reflect.TypeFor[Value]():
		number := []strict.Kind{strict.Integer, strict.Decimal}
		kinds := map[string][]strict.Kind{
			"Price.Amount": number, "Quality.MustBeGreaterThan": number, "Quality.MustBeGreaterOrEqualTo": number, "Quality.MustBeLessThan": number, "Quality.MustBeLessOrEqualTo": number,
			"Options.MultipleOf": number, "Quality.Implementation": {strict.Text, strict.Map}, "Relationship.From": {strict.Text, strict.List}, "Relationship.To": {strict.Text, strict.List},
			"Server.Schema": {strict.Text, strict.Integer},
		}[field]
		if kinds == nil && !strings.HasPrefix(field, "CustomProperty.") && !strings.HasPrefix(field, "Quality.Must") {
			kinds = []strict.Kind{strict.Text, strict.Integer, strict.Decimal, strict.Bool, strict.Null}
		}
		v.Set(reflect.ValueOf(m.value(0, kinds...)))
	case v.Kind() == reflect.String:
		v.SetString(m.text())
	case v.Kind() == reflect.Int:
		v.SetInt(int64(1 + m.IntN(9)))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Pointer && depth < 5:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(v.Elem(), field, depth+1)
		if v.Elem().IsZero() {
			v.SetZero()
		}
	case v.Kind() == reflect.Slice && depth < 5 && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1+m.IntN(2), 2))
		for i := range v.Len() {
			m.fill(v.Index(i), field, depth+1)
		}
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[Place]():
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && m.IntN(3+depth) < 3 || mustHave(v.Type().Name(), f.Name) {
				m.fill(v.Field(i), v.Type().Name()+"."+f.Name, depth)
			}
		}
	}
}

// mustHave are the fields that a document cannot lack.
func mustHave(object, field string) bool {
	return slices.Contains(strings.Fields(`Contract.ID Contract.Version Contract.Status SchemaObject.Name Property.Name Server.Server Server.Type Role.Role
		Support.Channel Support.URL TeamMember.Username SLAProperty.Property SLAProperty.Value AuthoritativeDefinition.Type AuthoritativeDefinition.URL
		CustomProperty.Property CustomProperty.Value EnumValue.Value Synonym.Synonym Relationship.To Relationship.From MapType.Key MapType.Value
		Statement.Question Statement.Constraint DataProduct.ID DataProduct.Status Port.Name Port.Version Port.ContractID InputContract.ID
		InputContract.Version ManagementPort.Name ManagementPort.Content SBOM.URL`), object+"."+field)
}

// bare is a model without places: what was said, not where.
func bare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			bare(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			bare(v.Index(i))
		}
		if v.Len() == 0 {
			v.SetZero()
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Value]() {
			v.Set(reflect.ValueOf(bareValue(v.Interface().(Value))))
			return
		}
		if a, ok := v.Addr().Interface().(*Arguments); ok {
			a.named = nil
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Type == reflect.TypeFor[Place]() {
				v.Field(i).SetZero()
			} else if f.IsExported() {
				bare(v.Field(i))
			}
		}
	}
}

func bareValue(v Value) Value {
	plain := Value{Kind: v.Kind, Text: v.Text}
	if v.Kind == strict.Null {
		plain.Text = "" // ~, null, or nothing
	}
	for _, item := range v.Items {
		plain.Items = append(plain.Items, bareValue(item))
	}
	for _, e := range v.Entries {
		plain.Entries = append(plain.Entries, strict.Entry{Key: e.Key, Value: bareValue(e.Value)})
	}
	return plain
}

// unused clears what a struct has for other uses than the one that it is put to.
func unused(c *Contract) {
	for i := range c.Support {
		c.Support[i].Tags, c.Support[i].AuthoritativeDefinitions = nil, nil // ODPS
	}
	statements(c.Context)
	for i := range c.Objects {
		statements(c.Objects[i].Context)
		unusedIn(c.Objects[i].Properties)
	}
}

func unusedIn(properties []Property) {
	for i := range properties {
		p := &properties[i]
		for j := range p.Relationships {
			p.Relationships[j].From = Value{} // of objects
		}
		nameless := []*Property{p.Items}
		if p.Map != nil {
			nameless = append(nameless, p.Map.Key, p.Map.Value)
		}
		for _, n := range nameless {
			if n != nil {
				one := []Property{*n}
				unusedIn(one)
				*n = one[0]
				n.Name = ""
				if n.ID == "" {
					n.ID = "x" // an object that says nothing is not written
				}
			}
		}
		unusedIn(p.Properties)
	}
}

func statements(c *Context) {
	if c == nil {
		return
	}
	for i := range c.VerifiedStatements {
		c.VerifiedStatements[i].Constraint = ""
	}
	for i := range c.Constraints {
		c.Constraints[i].Question, c.Constraints[i].Answer = "", ""
	}
}

// A model made by hand comes back from its text as it was, whatever its texts look like.
func TestModelsMadeByHand(t *testing.T) {
	for seed := range uint64(30) {
		m := maker{rand.New(rand.NewPCG(seed, 1)), false}
		var c, readC Contract
		m.fill(reflect.ValueOf(&c).Elem(), "", 0)
		c.File, c.Raw, c.APIVersion = "", nil, "v3.2.0"
		unused(&c)
		comesBack(t, odcsStandard(), c.Encode, &c, &readC, readC.table)
		for _, older := range []string{"v3.1.0", "v3.0.2"} { // what is lost is lost for good reasons, and the rest is right
			var read Contract
			text, _ := c.Encode(older)
			decoded(t, odcsStandard(), older, text, read.table)
		}

		var p, readP DataProduct
		m.odps = true
		m.fill(reflect.ValueOf(&p).Elem(), "", 0)
		p.File, p.Raw, p.APIVersion = "", nil, "v1.1.0"
		statements(p.Context)
		unusedInPorts(&p)
		comesBack(t, odpsStandard(), p.Encode, &p, &readP, readP.table)
		var old DataProduct
		text, _ := p.Encode("v1.0.0")
		decoded(t, odpsStandard(), "v1.0.0", text, old.table)
	}
}

func unusedInPorts(p *DataProduct) {
	for i := range p.OutputPorts {
		statements(p.OutputPorts[i].Context)
	}
	for i := range p.InputPorts {
		in := &p.InputPorts[i]
		in.Description, in.Type, in.InputContracts, in.SBOM, in.Context, in.Synonyms = "", "", nil, nil, nil, nil
	}
}

// decoded reads a text without a fault.
func decoded(t *testing.T, s standard, apiVersion string, text []byte, table func() strict.Table) {
	t.Helper()
	root, faults := strict.Parse(text)
	if root == nil || len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
	version, _ := s.version(apiVersion)
	if faults := strict.Decode(root, version, table()); len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
}

func comesBack(t *testing.T, s standard, encode func(string) ([]byte, []Finding), made, read any, table func() strict.Table) {
	t.Helper()
	text, lost := encode("")
	if len(lost) > 0 {
		t.Fatalf("lost %v of\n%s", lost, text)
	}
	decoded(t, s, map[string]string{"ODCS": "v3.2.0", "ODPS": "v1.1.0"}[s.name], text, table)
	got, want := reflect.ValueOf(read).Elem(), reflect.ValueOf(made).Elem()
	bare(got)
	bare(want)
	for i := range got.NumField() {
		f := got.Type().Field(i)
		if f.IsExported() && !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
			t.Fatalf("%s is read as\n%+v\nand was\n%+v\nin\n%s", f.Name, got.Field(i), want.Field(i), text)
		}
	}
}
