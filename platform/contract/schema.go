package contract

import (
	"path"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Bind gives a contract that was parsed on its own its Avro schema, and says where the two do not agree. Load
// does so for every contract of a tree. The file's name is used in findings only. A contract that others
// already use must not be bound.
func (c *Contract) Bind(file string, text []byte) []Finding {
	about, schema := &report{file: c.File}, &report{file: file}
	c.bind(schema, text)
	if c.schema != nil {
		c.agree(about)
	}
	return SortFindings(append(about.findings, schema.findings...))
}

func (c *Contract) bind(r *report, text []byte) {
	schema, err := avro.Parse(text)
	switch {
	case err != nil:
		r.whole(RuleSchema, SeverityError, "is not an Avro schema: %v", err)
	case schema.Type() != avro.TypeRecord:
		r.whole(RuleSchema, SeverityError, "a topic's records are of type record, not %s", schema.Type())
	default:
		c.schema = schema
	}
}

// readSchemas binds the schema file beside every contract.
func (l *loader) readSchemas() {
	wanted := make(map[string]bool)
	for _, c := range l.contracts {
		wanted[c.schemaFile()] = true
	}
	orphans := slices.DeleteFunc(slices.Clone(l.schemas), func(file string) bool { return wanted[file] })
	for _, c := range l.contracts {
		file := c.schemaFile()
		if !slices.Contains(l.schemas, file) {
			l.missingSchema(c, orphans)
			continue
		}
		if text, ok := l.read(file); ok && len(text) > strict.MaxBytes {
			l.about(file).whole(RuleSchema, SeverityError, "is larger than %d bytes", strict.MaxBytes)
		} else if ok {
			c.bind(l.about(file), text)
		}
	}
	for _, file := range orphans {
		l.about(file).whole(RuleSchema, SeverityWarning, "there is no contract beside it: write %s, or remove it",
			strings.TrimSuffix(path.Base(file), ".avsc")+".odcs.yaml")
	}
}

// schemaFile is where the contract's schema belongs: beside it, under the same name.
func (c *Contract) schemaFile() string { return strings.TrimSuffix(c.File, ".odcs.yaml") + ".avsc" }

func (l *loader) missingSchema(c *Contract, orphans []string) {
	if c.ID == "" { // nothing of the file could be read, which is reported
		return
	}
	file := c.schemaFile()
	var beside []string
	for _, s := range orphans {
		if path.Dir(s) == path.Dir(file) {
			beside = append(beside, path.Base(s))
		}
	}
	meant := ""
	if s := strict.Suggest(path.Base(file), beside); s != "" {
		meant = "; there is " + s + ", rename it if it is this one"
	}
	l.about(c.File).whole(RuleSchema, SeverityError, "its schema %s is missing: write the topic's Avro schema there%s", file, meant)
}
