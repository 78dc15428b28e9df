package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

// In a shell whose variables name another cluster, the demo says that it is not used, and its next steps name its own.
func TestDemoBesideAnotherCluster(t *testing.T) {
	s := newSettings(process{env: env{"TIDEMARK_BROKERS": "prod:9092", "TIDEMARK_SASL_MECHANISM": "PLAIN", "TIDEMARK_REGISTRY": defaultRegistry}.lookup})
	root := newRootCommand(s)
	if err := s.load(root.PersistentFlags()); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	s.noteUnused(&b)
	if !strings.HasPrefix(b.String(), "TIDEMARK_BROKERS, TIDEMARK_SASL_MECHANISM not used: ") {
		t.Errorf("said %q", b.String())
	}
	for _, c := range []struct{ name, set, address, want string }{
		{"brokers", s.Brokers, defaultBrokers, " --brokers " + defaultBrokers},
		{"brokers", s.Brokers, "prod:9092", ""},
		{"registry", s.Registry, defaultRegistry, ""},
		{"registry", s.Registry, "http://127.0.0.1:1", " --registry http://127.0.0.1:1"},
	} {
		if got := s.flagUnless(c.name, c.set, c.address); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.name, c.address, got, c.want)
		}
	}
	s.origins["brokers"] = fromFlag // another terminal has no such flag
	if got := s.flagUnless("brokers", "prod:9092", "prod:9092"); got != " --brokers prod:9092" {
		t.Errorf("a flag: %q", got)
	}
}

func TestDemoWithoutVariablesNotesNothing(t *testing.T) {
	s := newSettings(process{env: env{}.lookup})
	if err := s.load(newRootCommand(s).PersistentFlags()); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if s.noteUnused(&b); b.Len() > 0 {
		t.Errorf("said %q", b.String())
	}
}

// A start on a cluster that exists is quiet for a while, then warns of what it still waits for.
func TestStartLevel(t *testing.T) {
	now := time.Unix(0, 0)
	l := startLevel{settled: now.Add(settling), now: func() time.Time { return now }}
	if l.Level() != slog.LevelError {
		t.Errorf("at first %v", l.Level())
	}
	now = now.Add(settling)
	if l.Level() != slog.LevelWarn {
		t.Errorf("later %v", l.Level())
	}
}
