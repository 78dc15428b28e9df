package lifecycle_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/goldentest"
	"github.com/tidemark-mesh/tidemark/platform/lifecycle"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestMatrix shows every transition: x what runs a subject may do, P what only the platform may do.
func TestMatrix(t *testing.T) {
	states := lifecycle.States()
	var b strings.Builder
	fmt.Fprintf(&b, "%-14s", "from \\ to")
	for _, to := range states {
		fmt.Fprintf(&b, " %-4.4s", to)
	}
	b.WriteString("\n")
	for _, from := range states {
		row := fmt.Sprintf("%-14s", from)
		for _, to := range states {
			mark := "."
			switch {
			case lifecycle.Legal(from, to) && lifecycle.ByPlatform(to):
				mark = "P"
			case lifecycle.Legal(from, to):
				mark = "x"
			}
			row += fmt.Sprintf(" %-4s", mark)
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	goldentest.Equal(t, "testdata/matrix.golden", []byte(b.String()), *update)
}

// TestTableIsSound checks what must hold of any such table.
func TestTableIsSound(t *testing.T) {
	states := lifecycle.States()
	reached := map[lifecycle.State]bool{lifecycle.Unknown: true}
	for range states {
		for _, from := range states {
			for _, to := range states {
				if reached[from] && lifecycle.Legal(from, to) {
					reached[to] = true
				}
			}
		}
	}
	for _, s := range states {
		if lifecycle.Legal(s, s) {
			t.Errorf("%s follows itself", s)
		}
		if s != lifecycle.Unknown && lifecycle.Legal(s, lifecycle.Unknown) {
			t.Errorf("%s can be forgotten", s)
		}
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
		if s.Alive() && !lifecycle.Legal(s, lifecycle.Lost) {
			t.Errorf("%s has a process behind it and cannot get lost", s)
		}
		if lifecycle.Legal(lifecycle.Retired, s) {
			t.Errorf("retired is not the end: %s", s)
		}
		if got := lifecycle.Parse(string(s)); got != s {
			t.Errorf("Parse(%q) = %s", s, got)
		}
	}
	if lifecycle.Legal(lifecycle.Stopped, lifecycle.Lost) {
		t.Error("who said goodbye cannot get lost")
	}
	if got := lifecycle.Parse("sleeping"); got != lifecycle.Unknown {
		t.Errorf("Parse of a newer binary's word = %s", got)
	}
}

func TestMachine(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	var changed, refused []string
	m := lifecycle.Machine{
		Subject: "instance/shop",
		Clock:   func() time.Time { return now },
		Listener: lifecycle.Listener{
			Changed: func(t lifecycle.Transition) {
				changed = append(changed, fmt.Sprintf("%s>%s %s", t.From, t.To, t.Cause))
			},
			Refused: func(t lifecycle.Transition) { refused = append(refused, fmt.Sprintf("%s>%s", t.From, t.To)) },
		},
	}
	if m.State() != lifecycle.Unknown {
		t.Errorf("zero machine is %s", m.State())
	}
	steps := []struct {
		to    lifecycle.State
		cause string
		legal bool
	}{
		{lifecycle.Running, "", false}, // not from unknown
		{lifecycle.Starting, "", true},
		{lifecycle.Running, "", true},
		{lifecycle.Running, "again", true}, // no change, no report
		{lifecycle.Degraded, "registry away", true},
		{lifecycle.Lost, "", false}, // the platform's word
		{lifecycle.Running, "", true},
		{lifecycle.Draining, "", true},
		{lifecycle.Running, "", false},
		{lifecycle.Stopped, "", true},
		{lifecycle.Starting, "", true},
	}
	for _, s := range steps {
		err := m.To(s.to, s.cause)
		if (err == nil) != s.legal {
			t.Errorf("To(%s) from %s: %v", s.to, m.State(), err)
		}
		if illegal := (*lifecycle.IllegalError)(nil); err != nil && (!errors.As(err, &illegal) || illegal.To != s.to) {
			t.Errorf("To(%s): error %v is not an IllegalError", s.to, err)
		}
	}
	wantChanged := []string{"unknown>starting ", "starting>running ", "running>degraded registry away", "degraded>running ", "running>draining ", "draining>stopped ", "stopped>starting "}
	if !slices.Equal(changed, wantChanged) {
		t.Errorf("changed: %q", changed)
	}
	if want := []string{"unknown>running", "degraded>lost", "draining>running"}; !slices.Equal(refused, want) {
		t.Errorf("refused: %q", refused)
	}
}

func TestErrorsSayWhatIsPossible(t *testing.T) {
	var m lifecycle.Machine
	m.Subject = "port/orders.orders.orders.v1"
	err := m.To(lifecycle.Running, "")
	if err == nil || !strings.Contains(err.Error(), "running cannot follow unknown; it can be followed by [declared provisioning starting") {
		t.Errorf("got %v", err)
	}
	if err := m.To(lifecycle.Retired, ""); err == nil || !strings.Contains(err.Error(), "for the platform to say") {
		t.Errorf("got %v", err)
	}
}

// TestConcurrentTransitionsAreReportedInOrder checks that what listeners hear is one unbroken chain.
func TestConcurrentTransitionsAreReportedInOrder(t *testing.T) {
	var heard []lifecycle.Transition // under the machine's lock
	m := lifecycle.Machine{Listener: lifecycle.Listener{Changed: func(t lifecycle.Transition) { heard = append(heard, t) }}}
	if err := errors.Join(m.To(lifecycle.Starting, ""), m.To(lifecycle.Running, "")); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, s := range []lifecycle.State{lifecycle.Degraded, lifecycle.Tripped, lifecycle.Running} {
		all.Go(func() {
			for range 200 {
				_ = m.To(s, "")
				_ = m.State()
			}
		})
	}
	all.Wait()
	for i := 1; i < len(heard); i++ {
		if heard[i].From != heard[i-1].To || heard[i].From == heard[i].To {
			t.Fatalf("broken chain at %d: %v after %v", i, heard[i], heard[i-1])
		}
	}
	if last := heard[len(heard)-1].To; last != m.State() {
		t.Errorf("heard %s last, state is %s", last, m.State())
	}
}

func TestTeeAndDefaults(t *testing.T) {
	var order []string
	tell := func(name string) lifecycle.Listener {
		return lifecycle.Listener{Changed: func(lifecycle.Transition) { order = append(order, name) }}
	}
	tee := lifecycle.Tee(tell("a"), lifecycle.Listener{}, tell("b"))
	tee.Changed(lifecycle.Transition{})
	tee.Refused(lifecycle.Transition{}) // nobody listens: nothing happens
	if !slices.Equal(order, []string{"a", "b"}) {
		t.Errorf("order %v", order)
	}
	var l lifecycle.Listener
	l = l.EnsureDefaults()
	l.Changed(lifecycle.Transition{})
	l.Refused(lifecycle.Transition{})
}

func TestLogging(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	m := lifecycle.Machine{Subject: "instance/shop", Listener: lifecycle.Logging(log)}
	for _, s := range []lifecycle.State{lifecycle.Starting, lifecycle.Degraded, lifecycle.Failed, lifecycle.Running} {
		_ = m.To(s, map[lifecycle.State]string{lifecycle.Degraded: "registry away"}[s])
	}
	goldentest.Equal(t, "testdata/logging.golden", out.Bytes(), *update)
}

func TestWorst(t *testing.T) {
	type states = []lifecycle.State
	for _, c := range []struct {
		of   states
		want lifecycle.State
	}{
		{nil, lifecycle.Unknown},
		{states{lifecycle.Running}, lifecycle.Running},
		{states{lifecycle.Running, lifecycle.Degraded, lifecycle.Starting}, lifecycle.Degraded},
		{states{lifecycle.Degraded, lifecycle.Lost}, lifecycle.Lost},
		{states{lifecycle.Tripped, lifecycle.Lost}, lifecycle.Tripped},
		{states{lifecycle.Failed, lifecycle.Tripped}, lifecycle.Failed},
		{states{lifecycle.Draining, lifecycle.Stopped}, lifecycle.Stopped},
	} {
		if got := lifecycle.Worst(c.of...); got != c.want {
			t.Errorf("Worst(%v) = %s, want %s", c.of, got, c.want)
		}
	}
}
