package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// settling is how long a start on a cluster that exists may take before what it waits for is said: in the first seconds
// brokers have not all heard of topics that were made a moment ago, which is nobody's fault. What lasts is warned of again.
const settling = 10 * time.Second

// startLevel logs errors, and warnings once the mesh had its time to start.
type startLevel struct {
	settled time.Time
	now     func() time.Time
}

func (l *startLevel) Level() slog.Level {
	if l.now().Before(l.settled) {
		return slog.LevelError
	}
	return slog.LevelWarn
}

// noteUnused says which settings name a cluster that a demo with a broker of its own does not use.
func (s *settings) noteUnused(w io.Writer) {
	var names []string
	for _, f := range s.Fields() {
		if *f.Value == f.Default {
			continue // it names the demo's own
		}
		switch s.origins[f.Name] {
		case fromEnv:
			names = append(names, envName(f.Name))
		case fromFile:
			names = append(names, f.Name+" in "+s.usedFile)
		}
	}
	if len(names) > 0 {
		fmt.Fprintf(w, "%s not used: this demo has its own broker and registry (--brokers and --registry name others)\n", printable(strings.Join(names, ", ")))
	}
}

// flagUnless is the flag with which a command in another terminal reaches an address; none where it would by itself.
func (s *settings) flagUnless(name, set, address string) string {
	if set == address && s.origins[name] != fromFlag {
		return ""
	}
	return " --" + name + " " + address
}
