package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// letter is a dead letter of an offset of the shop's port, set aside that many minutes before noon.
func letter(offset, minutes int, value []byte, reason, rule, message string) *kafka.Record {
	r := &kafka.Record{
		Topic: "shop.orders.dlq", Key: []byte("A-" + strconv.Itoa(offset)), Value: value,
		Timestamp: time.Date(2026, 11, 21, 12, -minutes, 0, 0, time.UTC),
		Headers:   []kafka.Header{{Key: "x-user", Value: []byte("claire")}},
	}
	for _, h := range [][2]string{
		{event.HeaderReason, reason}, {event.HeaderRule, rule}, {event.HeaderMessage, message},
		{event.HeaderTopic, tailTopic}, {event.HeaderPartition, "0"}, {event.HeaderOffset, strconv.Itoa(offset)},
		{event.HeaderTimestamp, "1795262400000"}, {event.HeaderDataProduct, "shop.orders"}, {event.HeaderAttempt, "0"},
	} {
		r.Headers = append(r.Headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
	}
	return r
}

func shopWithLetters(t *testing.T) *shop {
	t.Helper()
	s := startShop(t)
	s.write(t,
		letter(3, 30, s.order(t, "A-3", -7), "rule.broken", "total.minimum", "total is below 0"),
		letter(5, 20, []byte("junk"), "frame.bad", "", "the value has no frame"),
		letter(8, 10, s.order(t, "A-8", -9), "rule.broken", "total.minimum", "total is below 0"),
	)
	return s
}

func TestDLQList(t *testing.T) {
	s := shopWithLetters(t)
	got := s.tidemark(t, "dlq", "list", "shop.orders")
	want := "RECORD                      REASON        RULE            SET ASIDE    REPLAYED   MESSAGE\n" +
		"shop.orders.orders.v1/0/8   rule.broken   total.minimum   10 min ago   -          total is below 0\n" +
		"shop.orders.orders.v1/0/5   frame.bad     -               20 min ago   -          the value has no frame\n" +
		"shop.orders.orders.v1/0/3   rule.broken   total.minimum   30 min ago   -          total is below 0\n"
	if got.code != 0 || got.out != want || got.err != "\n3 of 3 shown: 2 rule.broken, 1 frame.bad\n" {
		t.Errorf("got %d\n%s%s", got.code, got.out, got.err)
	}
	got = s.tidemark(t, "dlq", "list", "shop.orders", "--limit", "1")
	if got.err != "\n1 of 3 shown: 2 rule.broken, 1 frame.bad\n" {
		t.Errorf("one of three: %q", got.err)
	}
	got = s.tidemark(t, "dlq", "list", "shop.orders", "--reason", "rule", "--since", "15m", "-o", "json")
	var items []api.DeadLetter
	if err := json.Unmarshal([]byte(got.out), &items); err != nil || len(items) != 1 || items[0].Origin.Offset != 8 || items[0].Size == 0 {
		t.Errorf("as JSON: %v %s", err, got.out)
	}
	got = s.tidemark(t, "dlq", "list", "shop.orders", "-o", "name", "--rule", "no-such")
	if got.code != 0 || got.out != "" {
		t.Errorf("none: %+v", got)
	}
	got = s.tidemark(t, "dlq", "list", "no.such")
	if got.code != 1 || !strings.Contains(got.err, "no.such.dlq") || !strings.Contains(got.err, "tidemark get data-products") {
		t.Errorf("unknown data product: %+v", got)
	}
}

// The list tells which letters were sent back, and that nobody has come to them yet.
func TestDLQListOfReplayed(t *testing.T) {
	s := shopWithLetters(t)
	if got := s.tidemark(t, "dlq", "replay", "shop.orders", tailTopic+"/0/8", "--yes"); got.code != 0 {
		t.Fatal(got)
	}
	got := s.tidemark(t, "dlq", "list", "shop.orders", "--limit", "2")
	if !strings.Contains(got.out, "10 min ago   waiting    total") || !strings.Contains(got.out, "20 min ago   -          the value") {
		t.Errorf("got %s%s", got.out, got.err)
	}
	var items []api.DeadLetter
	got = s.tidemark(t, "dlq", "list", "shop.orders", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &items); err != nil || len(items) != 3 || items[0].Replay == nil || items[0].Replay.Attempt != 1 || items[0].Replay.Fate != "waiting" || items[1].Replay != nil {
		t.Errorf("as JSON: %v %s", err, got.out)
	}
}

func TestDLQShow(t *testing.T) {
	s := shopWithLetters(t)
	got := s.tidemark(t, "dlq", "show", "shop.orders", tailTopic+"/0/3", "--contracts", s.folder)
	want := "Record:       shop.orders.orders.v1/0/3\n" +
		"Reason:       rule.broken\n" +
		"Rule:         total.minimum\n" +
		"Message:      total is below 0\n" +
		"Rejected by:  shop.orders\n" +
		"Set aside:    2026-11-21T11:30:00Z\n" +
		"Attempt:      0\n" +
		"Letter:       shop.orders.dlq/0/0\n" +
		"Schema id:    " + strconv.Itoa(s.id) + "\n" +
		"Key:          A-3\n" +
		"Headers:\n" +
		"  x-user: ***\n" +
		"Value:\n" +
		"  {\n" +
		"    \"id\": \"A-3\",\n" +
		"    \"mail\": \"***\",\n" +
		"    \"total\": -7\n" +
		"  }\n"
	if got.code != 0 || got.out != want || got.err != "" {
		t.Errorf("got %d\n%s%s\nwant\n%s", got.code, got.out, got.err, want)
	}
	got = s.tidemark(t, "dlq", "show", "shop.orders", "--all", "--reason", "frame.bad", "--reveal", "-o", "json")
	var one struct {
		Reason string `json:"reason"`
		Record struct {
			Key         string `json:"key"`
			Undecodable struct {
				Bytes []byte `json:"bytes"`
			} `json:"undecodable"`
		} `json:"record"`
	}
	if err := json.Unmarshal([]byte(got.out), &one); err != nil || one.Reason != "frame.bad" || one.Record.Key != "A-5" || string(one.Record.Undecodable.Bytes) != "junk" {
		t.Errorf("%v %s", err, got.out)
	}
	for name, args := range map[string][]string{
		"neither coordinates nor --all": {},
		"both":                          {tailTopic + "/0/3", "--all"},
		"no coordinates":                {"42"},
	} {
		if got := s.tidemark(t, append([]string{"dlq", "show", "shop.orders"}, args...)...); got.code != 2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got = s.tidemark(t, "dlq", "show", "shop.orders", tailTopic+"/0/99")
	if got.code != 1 || !strings.Contains(got.err, "no such dead letter") {
		t.Errorf("no such letter: %+v", got)
	}
}

func TestDLQReplay(t *testing.T) {
	s := shopWithLetters(t)
	replay := func(args ...string) said {
		return s.tidemark(t, append([]string{"dlq", "replay", "shop.orders"}, args...)...)
	}
	for _, c := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{}, 2, ""}, // nobody to ask
		{[]string{"--dry-run"}, 0, "3 to send: 2 rule.broken, 1 frame.bad.\n"},
		{[]string{"--reason", "frame.bda", "--yes"}, 0, "Nothing to send: no dead letter is what was asked for. 3 not chosen.\n"},
		{[]string{tailTopic + "/0/8", tailTopic + "/0/99", "--yes"}, 1, ""},
		{[]string{tailTopic + "/0/99", "--dry-run"}, 1, ""},
		{[]string{"--reason", "frame.bad", "--yes"}, 0, "1 sent: 1 frame.bad. 2 not chosen.\n"},
		{[]string{tailTopic + "/0/8", "--yes"}, 0, "1 sent: 1 rule.broken. 2 not chosen.\n"},
		{[]string{"--yes"}, 0, "1 sent: 1 rule.broken. 2 sent before.\n"},
		{[]string{"--yes"}, 0, "Nothing to send. 3 sent before.\n"},
		{[]string{"--yes", "-o", "json"}, 0, `{
  "letters": 3,
  "superseded": 0,
  "refused": 0,
  "already_sent": 3,
  "matched": 0,
  "sent": 0,
  "gone": 0,
  "reasons": {},
  "dry_run": false
}
`},
	} {
		if got := replay(c.args...); got.code != c.code || got.out != c.out {
			t.Errorf("%v: got %d %q %q, want %q", c.args, got.code, got.out, got.err, c.out)
		}
	}
	var names []string
	for line := range strings.Lines(s.tidemark(t, "tail", "shop.orders.retry", "--from-beginning", "--no-follow", "--reveal", "-o", "name").out) {
		names = append(names, line)
	}
	if len(names) != 3 {
		t.Errorf("the retry topic holds %v", names)
	}
}

func TestDeadLettersOfTheAPI(t *testing.T) {
	s := shopWithLetters(t)
	d := deadLetters{s.kafka}
	first, err := d.List(t.Context(), portal.DeadLetterQuery{DataProduct: "shop.orders", Limit: 2})
	if err != nil || len(first.Items) != 2 || first.Items[0].Origin.Offset != 8 || first.Next == "" {
		t.Fatalf("got %+v, %v", first, err)
	}
	rest, err := d.List(t.Context(), portal.DeadLetterQuery{DataProduct: "shop.orders", Limit: 2, Cursor: first.Next})
	if err != nil || len(rest.Items) != 1 || rest.Items[0].Origin.Offset != 3 || rest.Next != "" {
		t.Errorf("got %+v, %v", rest, err)
	}
	none, err := d.List(t.Context(), portal.DeadLetterQuery{DataProduct: "no.such", Limit: 2})
	if err != nil || none.Items == nil || len(none.Items) != 0 {
		t.Errorf("got %+v, %v", none, err)
	}
	_, err = d.List(t.Context(), portal.DeadLetterQuery{DataProduct: "shop.orders", Limit: 2, Cursor: "x"})
	if !errors.As(err, new(*portal.BadCursorError)) {
		t.Errorf("got %v", err)
	}
}

// What a guard reads may be no port: the contract is then found by its topic.
func TestDLQShowOfAForeignTopic(t *testing.T) {
	s := shopWithLetters(t)
	mux := http.NewServeMux()
	published := map[string]any{"id": "urn:x", "topic": tailTopic, "document": tailContract}
	mux.HandleFunc("/api/v1/contracts", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"items": []any{map[string]any{"id": "urn:y", "topic": "y"}, published}, "total": 2})
	})
	mux.HandleFunc("/api/v1/contracts/urn:x", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(published) })
	mux.HandleFunc("/api/v1/ports/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"title": "Not Found", "status": 404}`))
	})
	listening := httptest.NewServer(mux)
	defer listening.Close()
	got := s.tidemark(t, "dlq", "show", "shop.orders", tailTopic+"/0/3", "--platform", listening.URL)
	if got.code != 0 || got.err != "" || !strings.Contains(got.out, `"id": "A-3"`) || !strings.Contains(got.out, `"mail": "***"`) {
		t.Errorf("got %+v", got)
	}
}

// A foreign letter's message may quote the record.
func TestAForeignMessageIsHidden(t *testing.T) {
	s := startShop(t)
	s.write(t, &kafka.Record{Topic: "shop.orders.dlq", Value: []byte("x"), Headers: []kafka.Header{
		{Key: event.HeaderStreamsException, Value: []byte("java.lang.X")},
		{Key: event.HeaderStreamsMessage, Value: []byte("cannot parse claire@mail.example")},
	}})
	for reveal, shown := range map[string]bool{"--reveal=false": false, "--reveal": true} {
		for _, args := range [][]string{{"list", "shop.orders"}, {"show", "shop.orders", "--all", reveal}} {
			got := s.tidemark(t, append([]string{"dlq"}, args...)...)
			if want := shown && args[0] == "show"; strings.Contains(fmt.Sprint(got), "claire") != want {
				t.Errorf("%v: %+v", args, got)
			}
		}
	}
}
