package deadletter

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// The list tells what became of what was sent back: nothing yet, a new rejection, or none.
func TestFates(t *testing.T) {
	cfg := broker(t)
	q := Open(cfg, product)
	expect := func(what, want string) {
		t.Helper()
		page, err := q.List(t.Context(), Filter{}, 20, "")
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, l := range page.Letters {
			text := fmt.Sprintf("%d/%d", l.Origin.Offset, l.Attempt)
			if r := l.Replay; r != nil {
				text += fmt.Sprintf(" %s at %d %s", r.Fate, r.Attempt, r.Reason)
			}
			said = append(said, strings.TrimSpace(text))
		}
		slices.Sort(said)
		if got := strings.Join(said, "; "); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	for _, offset := range []int{1, 2, 3} {
		reject(t, cfg, offset, 0, offset, "rule.broken")
	}
	expect("before a replay", "1/0; 2/0; 3/0")
	replay(t, q, ReplayOptions{Filter: Filter{Origins: []Coordinates{{input, 0, 1}, {input, 0, 2}}}}, Replayed{Letters: 3, Refused: 1, Matched: 2, Sent: 2, Reasons: Counts{"rule.broken": 2}})
	expect("sent", "1/0 waiting at 1; 2/0 waiting at 1; 3/0")
	came(t, cfg, product+".v1")
	came(t, cfg, product+".vx") // nobody of ours
	reject(t, cfg, 2, 1, 9, "frame.bad")
	expect("worked on", "1/0 went through at 1; 2/0 rejected again at 1 frame.bad; 2/1; 3/0")
	replay(t, q, ReplayOptions{Filter: Filter{Origins: []Coordinates{{input, 0, 2}}}}, Replayed{Letters: 4, Superseded: 1, Refused: 2, Matched: 1, Sent: 1, Reasons: Counts{"frame.bad": 1}})
	expect("sent once more", "1/0 went through at 1; 2/0 rejected again at 1 frame.bad; 2/1 waiting at 2; 3/0")
}

// came commits the end of the retry topic for a group.
func came(t *testing.T, cfg kafka.Config, group string) {
	t.Helper()
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ends, err := admin.Ends(t.Context(), RetryTopic(product))
	if err != nil {
		t.Fatal(err)
	}
	p, err := kafka.NewTxProducer(cfg, group+":test")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Begin(); err != nil {
		t.Fatal(err)
	}
	noise := &kafka.Record{Topic: RetryTopic(product)} // a transaction has a record
	kafka.Pin(noise, 1)
	p.Produce(t.Context(), noise, func(*kafka.Record, error) {})
	at := kafka.Checkpoint{Group: group, Offsets: map[kafka.TopicPartition]kafka.Committed{}}
	for tp, end := range ends {
		at.Offsets[tp] = kafka.Committed{Offset: end}
	}
	if err := p.Commit(t.Context(), at); err != nil {
		t.Fatal(err)
	}
}
