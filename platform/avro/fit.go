package avro

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"
)

// fitted is what values of a Go type need besides hamba/avro; nil functions where they need nothing.
type fitted struct {
	// before looks at a value that is to be encoded, for what hamba/avro would write wrong or panic on.
	before func(reflect.Value) error
	// after sees a value that was decoded: byte slices share memory with what follows them and are clipped, so that an
	// append by their owner cannot write into it.
	after func(reflect.Value)
}

// fit matches a schema with a Go type.
func fit(s *Schema, t reflect.Type) (*fitted, error) {
	f := fitter{done: map[fitKey]*fitted{}}
	return f.fit(s, t, &path{step: t.String()})
}

type fitKey struct {
	schema *Schema
	typ    reflect.Type
}

type fitter struct {
	done map[fitKey]*fitted
}

var (
	typeTime     = reflect.TypeFor[time.Time]()
	typeDuration = reflect.TypeFor[time.Duration]()
	typeRat      = reflect.TypeFor[*big.Rat]()
)

func (f *fitter) fit(s *Schema, t reflect.Type, at *path) (*fitted, error) {
	key := fitKey{s, t}
	if done := f.done[key]; done != nil {
		return done, nil
	}
	switch s.typ {
	case TypeUnion:
		return f.optional(s, t, at)
	case TypeRecord:
		if t.Kind() != reflect.Struct {
			return nil, misfit(s, t, "a struct", at)
		}
		// A recursive type meets its own entry here before it is complete. What it will need is not known yet, so it is
		// looked up when a value is seen.
		into := &fitted{}
		f.done[key] = &fitted{
			before: func(v reflect.Value) error { return into.look(v) },
			after:  func(v reflect.Value) { into.clip(v) },
		}
		fields, err := f.record(s, t, at)
		if err != nil {
			return nil, err
		}
		*into = *fields
		f.done[key] = into
		return into, nil
	case TypeArray:
		if t.Kind() != reflect.Slice {
			return nil, misfit(s, t, "a slice", at)
		}
		e, err := f.fit(s.elem, t.Elem(), at.then("[]"))
		if err != nil {
			return nil, err
		}
		return items(e), nil
	case TypeMap:
		if t.Kind() != reflect.Map || t.Key().Kind() != reflect.String {
			return nil, misfit(s, t, "a map with string keys", at)
		}
		e, err := f.fit(s.elem, t.Elem(), at.then("{}"))
		if err != nil {
			return nil, err
		}
		return entries(e), nil
	}
	return leafFit(s, t, at)
}

func misfit(s *Schema, t reflect.Type, want string, at *path) error {
	return at.errorf("%s needs %s, not %s", s.label(), want, t)
}

func (f *fitted) look(v reflect.Value) error {
	if f == nil || f.before == nil {
		return nil
	}
	return f.before(v)
}

func (f *fitted) clip(v reflect.Value) {
	if f != nil && f.after != nil {
		f.after(v)
	}
}

// optional fits a union of null and one type with a pointer.
func (f *fitter) optional(s *Schema, t reflect.Type, at *path) (*fitted, error) {
	if s.Value() == s {
		return nil, at.errorf("a %s has no Go type here; only a union of null and one type has (use Program.Decode)", s.label())
	}
	if t.Kind() != reflect.Pointer || t == typeRat {
		want := "a pointer"
		if s.Value().logical == Decimal {
			want = "a **big.Rat"
		}
		return nil, misfit(s, t, want, at)
	}
	e, err := f.fit(s.Value(), t.Elem(), at)
	if err != nil {
		return nil, err
	}
	out := &fitted{}
	if e.before != nil {
		out.before = func(v reflect.Value) error {
			if v.IsNil() {
				return nil
			}
			return e.before(v.Elem())
		}
	}
	if e.after != nil {
		out.after = func(v reflect.Value) {
			if !v.IsNil() {
				e.after(v.Elem())
			}
		}
	}
	return out, nil
}

func (f *fitter) record(s *Schema, t reflect.Type, at *path) (*fitted, error) {
	type member struct {
		index int
		name  string
		*fitted
	}
	var before, after []member
	found := map[string]bool{}
	for i := range t.NumField() {
		g := t.Field(i)
		name, _, _ := strings.Cut(g.Tag.Get("avro"), ",")
		if !g.IsExported() && !g.Anonymous || name == "-" {
			continue
		}
		if name == "" {
			name = g.Name
		}
		fat := at.field(g.Name)
		j := s.fieldIndex(name)
		switch {
		case g.Anonymous:
			return nil, fat.errorf("embedded fields are not supported")
		case j < 0:
			return nil, fat.errorf("%s has no field %q", s.label(), name)
		case found[name]:
			return nil, fat.errorf("a second Go field for %q", name)
		}
		found[name] = true
		e, err := f.fit(s.fields[j].typ, g.Type, fat)
		if err != nil {
			return nil, err
		}
		if e.before != nil {
			before = append(before, member{i, name, e})
		}
		if e.after != nil {
			after = append(after, member{i, name, e})
		}
	}
	for i := range s.fields {
		if !found[s.fields[i].name] {
			return nil, at.errorf("no Go field for %q of %s", s.fields[i].name, s.label())
		}
	}
	out := &fitted{}
	if before != nil {
		out.before = func(v reflect.Value) error {
			for _, m := range before {
				if err := m.before(v.Field(m.index)); err != nil {
					return within(m.name, err)
				}
			}
			return nil
		}
	}
	if after != nil {
		out.after = func(v reflect.Value) {
			for _, m := range after {
				m.after(v.Field(m.index))
			}
		}
	}
	return out, nil
}

// within puts a field's name before an error.
func within(step string, err error) error {
	if inner, ok := errors.AsType[*ValueError](err); ok {
		if strings.HasPrefix(inner.Path, "[") || strings.HasPrefix(inner.Path, "{") {
			return &ValueError{step + inner.Path, inner.Why}
		}
		return &ValueError{step + "." + inner.Path, inner.Why}
	}
	return &ValueError{step, err.Error()}
}

// ValueError is a value that does not fit its schema's type. It tells where and why, and does not show the value.
type ValueError struct{ Path, Why string }

// Error gives the path and the reason.
func (e *ValueError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

func items(e *fitted) *fitted {
	out := &fitted{}
	if e.before != nil {
		out.before = func(v reflect.Value) error {
			for i := range v.Len() {
				if err := e.before(v.Index(i)); err != nil {
					return within(fmt.Sprintf("[%d]", i), err)
				}
			}
			return nil
		}
	}
	if e.after != nil {
		out.after = func(v reflect.Value) {
			for i := range v.Len() {
				e.after(v.Index(i))
			}
		}
	}
	return out
}

func entries(e *fitted) *fitted {
	out := &fitted{}
	if e.before != nil {
		out.before = func(v reflect.Value) error {
			for it := v.MapRange(); it.Next(); {
				if err := e.before(it.Value()); err != nil {
					return within("{}", err)
				}
			}
			return nil
		}
	}
	if e.after != nil {
		out.after = func(v reflect.Value) {
			for it := v.MapRange(); it.Next(); {
				fresh := reflect.New(v.Type().Elem()).Elem() // a map's value cannot be changed in place
				fresh.Set(it.Value())
				e.after(fresh)
				v.SetMapIndex(it.Key(), fresh)
			}
		}
	}
	return out
}
