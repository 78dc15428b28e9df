package topic_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/topic"
)

// survey feeds records of one text field.
func survey(t *testing.T, values ...string) *contract.Contract {
	t.Helper()
	s, err := topic.NewSurvey(parse(t, `{"type":"record","name":"R","fields":[{"name":"v","type":"string"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		s.Add(topic.Record{Key: []byte(fmt.Sprint(i)), Value: avro.Record{{Name: "v", Value: v}}, Time: start.Add(time.Duration(i) * time.Second)})
	}
	p, err := s.Propose(topic.About{Topic: "t", Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	return usable(t, p)
}

func repeat(n int, words ...string) []string { return slices.Repeat(words, n) }

// What is said of a text follows from what its values have in common.
func TestTexts(t *testing.T) {
	numbered := func(format string) (values []string) {
		for i := range 200 {
			values = append(values, fmt.Sprintf(format, i))
		}
		return values
	}
	for name, tt := range map[string]struct {
		values []string
		want   string // in the contract
		not    string
	}{
		"a code":                   {numbered("AB-%04d"), "pattern: ^[A-Z]{2}-[0-9]{4}$", "minLength"},
		"a code that grows":        {numbered("AB-%d"), "pattern: ^[A-Z]{2}-[0-9]+$", "maxLength"},
		"an address":               {numbered("u%d@shop.example"), "format: email", "pattern"},
		"a day as text":            {repeat(50, "2026-01-02", "2026-02-03"), "format: date", "validValues"},
		"a few words":              {repeat(100, "open", "shut"), "- open", "pattern"},
		"few, but too few of them": {repeat(10, "open", "shut"), "minLength: 1", "validValues"},
		"prose":                    {numbered("On day %d we met, and agreed."), "minLength: 1", "pattern"},
		"something empty":          {append(numbered("word%d"), ""), "logicalType: string", "logicalTypeOptions"},
		"too few to tell":          {repeat(5, "AB-1"), "logicalType: string", "guess"},
		"names":                    {repeat(30, "Ada", "Bob"), "logicalType: string", "pattern"},
		"currencies":               {repeat(15, "EUR", "USD"), "pattern: ^[A-Z]{3}$", "validValues"},
		"not ASCII":                {repeat(50, "größer", "kleiner"), "minLength: 1", "pattern"},
	} {
		t.Run(name, func(t *testing.T) {
			text := string(survey(t, tt.values...).Raw)
			if !strings.Contains(text, tt.want) || strings.Contains(text, tt.not) {
				t.Errorf("want %q and not %q in:\n%s", tt.want, tt.not, text)
			}
		})
	}
}

// A value that came twice is not unique, however many came between.
func TestUniqueIsRefuted(t *testing.T) {
	var values []string
	for i := range 100_000 {
		values = append(values, fmt.Sprint("x", i))
	}
	propose := func(values []string) string {
		s, err := topic.NewSurvey(parse(t, `{"type":"record","name":"R","fields":[{"name":"id","type":"string"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			s.Add(topic.Record{Value: avro.Record{{Name: "id", Value: v}}, Time: start.Add(time.Duration(i) * time.Second)})
		}
		p, err := s.Propose(topic.About{Topic: "t"})
		if err != nil {
			t.Fatal(err)
		}
		return string(usable(t, p).Raw)
	}
	if text := propose(values); !strings.Contains(text, "unique: true") {
		t.Errorf("all different, and not unique:\n%s", text)
	}
	if text := propose(append(values, values[:50_000]...)); strings.Contains(text, "unique: true") {
		t.Errorf("half of them twice, and unique:\n%s", text)
	}
}

// Surveys of partitions merge to what one survey of all says.
func TestMerge(t *testing.T) {
	all, err := topic.NewSurvey(nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := make([]*topic.Survey, 3)
	for i := range parts {
		if parts[i], err = all.Another(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 900 {
		r := topic.Record{Key: []byte(fmt.Sprint(i)), Time: start.Add(time.Duration(i) * time.Second), Partition: int32(i % 3), Value: map[string]any{
			"id": fmt.Sprint(i), "n": json.Number(fmt.Sprint(i % 7)), "at": start.Add(time.Duration(i-i%5) * time.Second).Format(time.RFC3339), "word": []string{"on", "off"}[i%2],
		}}
		if i%10 == 0 {
			r.Value.(map[string]any)["extra"] = true
		}
		all.Add(r)
		parts[i%3].Add(r)
	}
	merged := parts[0]
	merged.Merge(parts[1])
	merged.Merge(parts[2])
	want, err := all.Propose(topic.About{Topic: "t", Partitions: 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := merged.Propose(topic.About{Topic: "t", Partitions: 3})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := usable(t, want), usable(t, got); string(a.Raw) != string(b.Raw) || string(want.Schema) != string(got.Schema) {
		t.Errorf("in one:\n%s\nmerged:\n%s", a.Raw, b.Raw)
	}
}

// What is no record, and what is not there, is an error and no proposal.
func TestNothingToPropose(t *testing.T) {
	s, err := topic.NewSurvey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Unreadable()
	if _, err := s.Propose(topic.About{Topic: "t"}); err == nil || !strings.Contains(err.Error(), "none of its 1 records can be read") {
		t.Errorf("got %v", err)
	}
}
