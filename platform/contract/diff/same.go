package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// differing are the keys of a document's object in which two of them differ, wherever they stand in their files; but for
// some fields, by their names in Go. It is how nothing that changed goes unsaid.
func differing[T any](old, now T, but ...string) []string {
	a, b := reflect.ValueOf(old), reflect.ValueOf(now)
	var keys []string
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if !f.IsExported() || f.Anonymous || f.Name == "File" || f.Name == "Raw" || slices.Contains(but, f.Name) {
			continue
		}
		if !same(a.Field(i), b.Field(i)) {
			keys = append(keys, keyOf(f.Name))
		}
	}
	return keys
}

// except are the names of all fields but one.
func except[T any](of T, one string) []string {
	t := reflect.TypeOf(of)
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Name; name != one {
			names = append(names, name)
		}
	}
	return names
}

// same compares values of documents, leaving out where they stand.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			f := a.Type().Field(i)
			if !f.IsExported() || f.Type == reflect.TypeFor[strict.Place]() || f.Type == reflect.TypeFor[strict.Position]() {
				continue
			}
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// keyOf is the key in a document of a field in Go.
func keyOf(name string) string {
	switch name {
	case "Objects":
		return "schema"
	case "Options":
		return "logicalTypeOptions"
	case "CreatedTs":
		return "contractCreatedTs"
	case "APIVersion":
		return "apiVersion"
	case "ID":
		return "id"
	}
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// differ says that keys of something differ; of nothing, they are the document's own.
func differ(keys []string, of string) string {
	text := strings.Join(keys, ", ")
	if of != "" {
		text += " of " + of
	}
	if len(keys) == 1 {
		return text + " differs"
	}
	return text + " differ"
}

func text(v any) string {
	if b, ok := v.(contract.Breaker); ok {
		return fmt.Sprintf("ratio %g, window %d, run %d", b.Ratio, b.Window, b.Run)
	}
	return fmt.Sprint(v)
}

// duration is "" for no duration.
func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return brief(d.String())
}

// brief leaves out the minutes and seconds that a duration does not have: 24h0m0s is 24h.
func brief(duration string) string {
	if hours, ok := strings.CutSuffix(duration, "h0m0s"); ok {
		return hours + "h"
	}
	if minutes, ok := strings.CutSuffix(duration, "m0s"); ok {
		return minutes + "m"
	}
	return duration
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
