package avro

import "fmt"

// checkExpansion computes how many values and how many bytes an instance of each type has at least, and refuses types
// of which no instance can exist or whose instances are beyond any use: a few records that name each other twice would
// otherwise expand to billions of values in a payload of no bytes.
func checkExpansion(root *Schema) error {
	var e expander
	e.queue = append(e.queue, root)
	for len(e.queue) > 0 {
		s := e.queue[len(e.queue)-1]
		e.queue = e.queue[:len(e.queue)-1]
		if err := e.expand(s); err != nil {
			return err
		}
	}
	return nil
}

// expanding is the expansion of a type that is at work.
const expanding = -1

type expander struct {
	queue []*Schema // types in unions, arrays and maps: reached, but not part of an instance
}

func (e *expander) expand(s *Schema) error {
	switch {
	case s.expansion == expanding:
		return fmt.Errorf("record %s contains itself without a union, array or map between: no value of it can exist", s.name)
	case s.expansion > 0:
		return nil
	}
	s.expansion = expanding
	expansion := 1
	s.width = leafWidth(s)
	for i := range s.fields {
		f := s.fields[i].typ
		if err := e.expand(f); err != nil {
			return err
		}
		if expansion += f.expansion; expansion > maxExpansion {
			return fmt.Errorf("one record %s has more than %d values", s.name, maxExpansion)
		}
		s.width += f.width
	}
	if s.elem != nil {
		e.queue = append(e.queue, s.elem)
	}
	e.queue = append(e.queue, s.branches...)
	s.expansion = expansion
	return nil
}

// leafWidth is what the type's own encoding takes at least: a varint, a length, a branch or a block count is one byte.
func leafWidth(s *Schema) int {
	switch s.typ {
	case TypeNull, TypeRecord:
		return 0
	case TypeFloat:
		return 4
	case TypeDouble:
		return 8
	case TypeFixed:
		return s.size
	}
	return 1
}
