package avro

import "fmt"

// Finding is one reason why data of one schema cannot be read by another.
type Finding struct {
	// Rule is what is broken: type, name, size, decimal, field-default, field-ambiguous, enum-symbol, union-branch,
	// too-complex; of Level.Check also with the version that it was found against in Message.
	Rule string
	// Path is where in the writer's schema: field names with [] for items and {} for values, $ for the root.
	Path string
	// Message is one sentence.
	Message string
}

func (f Finding) String() string { return fmt.Sprintf("%s: %s (%s)", f.Path, f.Message, f.Rule) }

// IncompatibleError says that a reader cannot read a writer.
type IncompatibleError struct{ Findings []Finding }

func (e *IncompatibleError) Error() string {
	if len(e.Findings) == 0 {
		return "the schemas are incompatible"
	}
	s := "the writer's schema cannot be read: " + e.Findings[0].String()
	if n := len(e.Findings) - 1; n > 0 {
		s += fmt.Sprintf("; %d more", n)
	}
	return s
}

// maxFindings is how many findings one comparison lists.
const maxFindings = 100

// CanRead says why a reader cannot read what a writer wrote, by Avro 1.12's schema resolution; no findings, it can. Every
// branch of a writer's union and every symbol of its enum must be readable, whether or not it ever occurs. Names of
// records, enums and fixed match by their last part; aliases are the reader's. At most 100 findings are listed.
func CanRead(reader, writer *Schema) []Finding {
	return resolve(reader, writer).findings()
}

func (res *resolution) findings() []Finding {
	if !res.faulty {
		return nil
	}
	c := collector{seen: map[*resolution]bool{}}
	c.collect(res, &path{})
	return c.found
}

type collector struct {
	seen  map[*resolution]bool
	found []Finding
}

func (c *collector) collect(res *resolution, at *path) {
	if res == nil || c.seen[res] || len(c.found) >= maxFindings {
		return
	}
	// Primitives are shared by all who use them: a fault of theirs belongs to each place.
	c.seen[res] = !isPrimitive(string(res.reader.typ)) && !isPrimitive(string(res.writer.typ))
	if res.fault != nil {
		c.found = append(c.found, res.fault.finding(at))
		return
	}
	for _, o := range res.options {
		c.collect(o, at)
	}
	if res.inner != nil {
		step := at
		switch {
		case res.reader.typ == TypeArray:
			step = at.then("[]")
		case res.reader.typ == TypeMap:
			step = at.then("{}")
		}
		c.collect(res.inner, step)
	}
	for i, f := range res.fields {
		if f.by == nil { // it is skipped
			continue
		}
		c.collect(f.by, at.field(res.writer.fields[i].name))
	}
}
