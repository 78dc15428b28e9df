package scaffold

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// hasCode tells whether the mesh has Go code: a module, and contracts that it can embed.
func (p *Plan) hasCode() bool { return p.has("go.mod") && p.has("contracts/embed.go") }

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)"?`)

// module is the Go module's path.
func (p *Plan) module() (string, error) {
	text, err := p.read("go.mod")
	if err != nil {
		return "", err
	}
	m := moduleLine.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%s names no module", filepath.Join(p.Root, "go.mod"))
	}
	return string(m[1]), nil
}

// read gives a file of the plan, else of the root.
func (p *Plan) read(file string) ([]byte, error) {
	if i := slices.IndexFunc(p.Files, func(f File) bool { return f.Path == file }); i >= 0 {
		return p.Files[i].Text, nil
	}
	return os.ReadFile(filepath.Join(p.Root, filepath.FromSlash(file)))
}

// change plans another text for a file that is there, or in the plan already.
func (p *Plan) change(file string, text []byte, what string) {
	if i := slices.IndexFunc(p.Files, func(f File) bool { return f.Path == file }); i >= 0 {
		p.Files[i].Text = text
		return
	}
	p.Files = append(p.Files, File{Path: file, Text: text, Change: what})
}

// code plans the data product's Go code, and where the domain has none yet the domain's.
func (b *builder) code() error {
	o, p := b.o, b.plan
	dir := "domains/" + packageName(o.Domain)
	if err := p.domain(o.Domain, o.Owner); err != nil {
		return err
	}
	module, err := p.module()
	if err != nil {
		return err
	}
	types, err := b.types(dir)
	if err != nil {
		return err
	}
	name := pascal(o.Name)
	if _, taken := gotypes.NameOf(types, name); taken {
		name += "DataProduct" // a generated type has the name
	}
	if err := p.free(dir, name); err != nil {
		return err
	}
	data := map[string]any{
		"Module": module, "Package": packageName(o.Domain), "Domain": o.Domain, "Name": o.Name, "Title": title(o.Name), "Pascal": pascal(o.Name),
		"Camel": camel(o.Name), "Func": name, "In": b.inName, "Out": o.Port, "Mode": pascal(string(o.Mode)),
	}
	file := dir + "/" + strings.ReplaceAll(o.Name, "-", "_")
	if strings.HasSuffix(o.Name, "-test") {
		file += "_product" // else Go takes it for a test
	}
	switch o.Mode {
	case contract.Transform:
		err = b.transform(file, types, data)
	case contract.Source:
		err = b.service(file, types, data)
	default:
		err = p.render(file+".go", "plain.go.tmpl", data)
	}
	if err != nil {
		return err
	}
	return p.list(dir+"/all.go", name)
}

// render plans a file that a template gives.
func (p *Plan) render(file, template string, data map[string]any) error {
	text, err := render(template, data)
	if err == nil {
		p.add(file, text)
	}
	return err
}

// types plans the domain's event_gen.go anew, this data product's events in it, and gives its types.
func (b *builder) types(dir string) (map[string]gotypes.Type, error) {
	staged, done, err := b.plan.stage("contracts", dir)
	if err != nil {
		return nil, err
	}
	defer done()
	mesh := os.DirFS(staged)
	pkg, folders, err := declared(mesh, dir)
	if err != nil {
		return nil, err
	}
	if b.o.Mode == contract.Transform || b.o.Mode == contract.Source {
		folders = append(folders, b.o.Domain+"/"+b.o.Name)
		slices.Sort(folders)
	}
	generated, err := events(mesh, pkg, slices.Compact(folders))
	if errors.Is(err, ErrNoEvents) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file := path.Join(dir, EventFile)
	switch before, err := b.plan.read(file); {
	case err != nil:
		b.plan.add(file, generated)
	case string(before) != string(generated):
		b.plan.change(file, generated, "generated again, with the events of "+b.o.Name)
	}
	return gotypes.Types(generated)
}

// typeOf is the Go type of a record.
func typeOf(types map[string]gotypes.Type, s *avro.Schema) (gotypes.Type, error) {
	name, ok := gotypes.NameOf(types, s.Name()[strings.LastIndexByte(s.Name(), '.')+1:])
	if !ok {
		return gotypes.Type{}, fmt.Errorf("no Go type was generated for the record %s", s.Name())
	}
	return types[name], nil
}

func (b *builder) transform(file string, types map[string]gotypes.Type, data map[string]any) error {
	in, err := typeOf(types, b.inType)
	if err != nil {
		return err
	}
	out, err := typeOf(types, b.outType)
	if err != nil {
		return err
	}
	data["InType"], data["OutType"], data["Fields"] = in.Name, out.Name, b.copied(file+".go", in, out)
	if err := b.plan.render(file+".go", "transform.go.tmpl", data); err != nil {
		return err
	}
	if b.sample == nil {
		return nil
	}
	if err := b.plan.render(file+"_test.go", "transform_test.go.tmpl", data); err != nil {
		return err
	}
	return b.golden(path.Dir(file) + "/testdata/" + b.o.Name)
}

// copied are the lines that copy what an event's fields are. What the contract demands and the input's schema lets be null is
// there in every event that kept the contract.
func (b *builder) copied(file string, in, out gotypes.Type) []string {
	var lines []string
	for _, f := range out.Fields {
		i := slices.IndexFunc(in.Fields, func(from gotypes.Field) bool { return from.Avro == f.Avro })
		switch {
		case i >= 0 && in.Fields[i].Type == f.Type:
			lines = append(lines, f.Name+": in."+in.Fields[i].Name)
		case i >= 0 && in.Fields[i].Type == "*"+f.Type:
			lines = append(lines, f.Name+": *in."+in.Fields[i].Name)
		default:
			b.plan.Notes = append(b.plan.Notes, fmt.Sprintf("%s: %s is another type in what is read: say what it is made of", file, f.Name))
		}
	}
	return lines
}

// golden plans a golden case: the input's sample, and what the function makes of it.
func (b *builder) golden(dir string) error {
	in, err := indented([]any{map[string]any{"port": b.inName, "value": b.sample}})
	if err != nil {
		return err
	}
	raw, err := json.Marshal(b.sample)
	if err != nil {
		return err
	}
	payload, err := avro.EncodeJSON(b.outType, raw)
	if err != nil {
		return err
	}
	program, err := avro.Compile(b.outType, avro.Options{})
	if err != nil {
		return err
	}
	value, err := program.Decode(payload)
	if err != nil {
		return err
	}
	type record struct {
		Port  string `json:"port"`
		Key   string `json:"key,omitempty"`
		Value any    `json:"value"`
	}
	type verdict struct {
		Outcome string   `json:"outcome"`
		Records []record `json:"records"`
	}
	out, err := indented([]verdict{{"emitted", []record{{b.o.Port, keyOf(b.output, value), value}}}})
	if err != nil {
		return err
	}
	b.plan.add(dir+"/example.in.json", in)
	b.plan.add(dir+"/example.golden.json", out)
	return nil
}

// keyOf is the record key that a value gets.
func keyOf(c *contract.Contract, v any) string {
	key := c.Key()
	for _, step := range key {
		record, ok := v.(avro.Record)
		if !ok {
			return ""
		}
		v, _ = record.Get(step)
	}
	if key == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (b *builder) service(file string, types map[string]gotypes.Type, data map[string]any) error {
	out, err := typeOf(types, b.outType)
	if err != nil {
		return err
	}
	data["OutType"], data["Topic"] = out.Name, b.output.Topic()
	l := literal{types: types, pkg: packageName(b.o.Domain), eventTime: strings.Join(b.output.EventTime(), ".")}
	lines := l.fields(out, b.outType, b.sample, nil)
	data["Literal"], data["Big"] = lines, strings.Contains(strings.Join(lines, " "), "big.NewRat")
	if err := b.plan.render(file+".go", "source.go.tmpl", data); err != nil {
		return err
	}
	return b.plan.render("cmd/"+b.o.Domain+"-"+b.o.Name+"/main.go", "service.go.tmpl", data)
}
