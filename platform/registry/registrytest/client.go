package registrytest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

func register(t *testing.T, s *suite) {
	ctx, name := t.Context(), s.subject("register me/now")
	if err := s.client.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Latest(ctx, name); !errors.Is(err, registry.ErrUnknownSubject) {
		t.Errorf("the latest version of nothing: %v", err)
	}
	texts := []string{record(fieldA), record(fieldA, optionB)}
	var ids []int
	for _, text := range texts {
		id, err := s.client.Register(ctx, name, parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if again, err := s.client.Register(ctx, name, parse(t, texts[0])); err != nil || again != ids[0] {
		t.Errorf("the same schema again: id %d, %v; want %d", again, err, ids[0])
	}
	if other, err := s.client.Register(ctx, s.subject("other"), parse(t, texts[1])); err != nil || other != ids[1] {
		t.Errorf("the same schema elsewhere: id %d, %v; want %d", other, err, ids[1])
	}
	for i, id := range ids {
		if got, err := s.client.Schema(ctx, id); err != nil || got.Fingerprint() != parse(t, texts[i]).Fingerprint() {
			t.Errorf("schema %d: %v, %v", id, got, err)
		}
	}
	if v, err := s.client.Latest(ctx, name); err != nil || v.ID != ids[1] || v.Version != 2 {
		t.Errorf("latest: %+v, %v", v, err)
	}
	if ok, err := s.client.Registered(ctx, name, parse(t, texts[0])); err != nil || !ok {
		t.Errorf("registered: %v, %v", ok, err)
	}
	if ok, err := s.client.Registered(ctx, name, parse(t, record(fieldC))); err != nil || ok {
		t.Errorf("another one is registered: %v, %v", ok, err)
	}
	if all, err := s.client.Subjects(ctx); err != nil || !slices.Contains(all, name) {
		t.Errorf("%q is not in %v, %v", name, all, err)
	}
	if _, err := s.client.Schema(ctx, 2_000_000_000); !errors.Is(err, registry.ErrUnknownSchema) || fault.KindOf(err) != fault.Rejected {
		t.Errorf("an id that nobody gave: %v", err)
	}
}

// compatible says which next schema follows [a], [a, optional b] at which level.
var compatible = []struct {
	level avro.Level
	next  string
	want  bool
}{
	{avro.None, `"int"`, true},
	{avro.Backward, record(fieldA, fieldB), true},
	{avro.Backward, record(fieldA, fieldC), false},
	{avro.BackwardTransitive, record(optionC), true},
	{avro.BackwardTransitive, record(fieldA, fieldB), false},
	{avro.Forward, record(fieldA, fieldC), true},
	{avro.Forward, record(optionC), false},
	{avro.ForwardTransitive, record(fieldA), true},
	{avro.ForwardTransitive, record(optionB), false},
	{avro.Full, record(fieldA, optionB, optionC), true},
	{avro.Full, record(fieldA, fieldC), false},
	{avro.FullTransitive, record(fieldA, optionC), true},
	{avro.FullTransitive, record(optionC), false},
}

// The client registers what fits, and its refusal names the version that is in the way.
func levels(t *testing.T, s *suite) {
	ctx := t.Context()
	for i, c := range compatible {
		t.Run(fmt.Sprintf("%s %d", c.level, i), func(t *testing.T) {
			name := s.subject(fmt.Sprintf("level-%d", i))
			if level, err := s.client.Level(ctx, name); err != nil || level != "" {
				t.Errorf("a level that nobody set: %q, %v", level, err)
			}
			for _, text := range []string{record(fieldA), record(fieldA, optionB)} {
				if _, err := s.client.Register(ctx, name, parse(t, text)); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.client.SetLevel(ctx, name, c.level); err != nil {
				t.Fatal(err)
			}
			if level, err := s.client.Level(ctx, name); err != nil || level != c.level {
				t.Errorf("level %q, %v; want %s", level, err, c.level)
			}
			_, err := s.client.Register(ctx, name, parse(t, c.next))
			if c.want {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e, ok := errors.AsType[*registry.IncompatibleError](err)
			if !ok || fault.KindOf(err) != fault.Fatal || e.Subject != name || e.Level != c.level || e.Version == 0 || len(e.Findings) == 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

// A schema that refers to others is read whole.
func references(t *testing.T, s *suite) {
	ctx := t.Context()
	id := s.registerShop(t, "client-")
	got, err := s.client.Schema(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if code, ok := got.Lookup("to", "country", "code"); !ok || code.Type() != avro.TypeString {
		t.Errorf("%s does not lead to the country's code", got)
	}
	if alone, err := avro.Parse([]byte(got.String())); err != nil || alone.Fingerprint() != got.Fingerprint() {
		t.Errorf("%s does not stand alone: %v", got, err)
	}
	v, err := s.client.Latest(ctx, s.subject("client-order"))
	if err != nil || v.ID != id || v.Schema.Fingerprint() != got.Fingerprint() {
		t.Errorf("latest: %+v, %v", v, err)
	}
	next := parse(t, `{"type":"record","name":"shop.Order","fields":[{"name":"note","type":"string"}]}`)
	if err := s.client.Follows(ctx, s.subject("client-order"), avro.Full, next); err == nil {
		t.Error("a schema follows one that refers to others, as if that had no fields")
	}
}

// registerShop registers an order that refers to an address, that refers to a country, and gives the order's id.
func (s *suite) registerShop(t *testing.T, prefix string) int {
	t.Helper()
	at := func(name string) string { return s.subject(prefix + name) }
	s.id(t, at("country"), asked(country))
	s.id(t, at("address"), asked(address, reference{"geo.Country", at("country"), 1}))
	return s.id(t, at("order"), asked(order, reference{"geo.Address", at("address"), 1}))
}

func deletion(t *testing.T, s *suite) {
	ctx, name := t.Context(), s.subject("gone")
	id, err := s.client.Register(ctx, name, parse(t, record(fieldA)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // deleting what is gone is no error
		if err := s.client.DeleteSubject(ctx, name); err != nil {
			t.Error(err)
		}
	}
	if all, err := s.client.Subjects(ctx); err != nil || slices.Contains(all, name) {
		t.Errorf("%s is still in %v, %v", name, all, err)
	}
	other, err := s.client.Register(ctx, name, parse(t, record(fieldC)))
	if err != nil || other == id {
		t.Errorf("id %d, %v: an id is never given twice", other, err)
	}
}
