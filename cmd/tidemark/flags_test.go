package main

import (
	"strings"
	"testing"
)

// A value that a flag cannot take, and a word that is no command, are answered with what is possible.
func TestWrongFlags(t *testing.T) {
	for line, want := range map[string]string{
		"plan --replicas x":                  "--replicas x: give a whole number, such as 3",
		"demo --log-level loud":              "--log-level loud: give debug, info, warn or error",
		"demo --bad much":                    "--bad much: give a number",
		"demo --seed=-1":                     "--seed -1: give a whole number that is not negative",
		"demo --once=perhaps":                "--once perhaps: give true or false",
		"run --heartbeat soon":               "--heartbeat soon: give a duration, such as 30s",
		"get ports -o xml":                   "--output xml: unknown output format",
		"get ports --nothing":                "unknown flag: --nothing",
		"plam":                               "did you mean tidemark plan?",
		"describe prot orders.orders.orders": "did you mean tidemark describe port?",
	} {
		r := tidemark(t, nil, strings.Fields(line)...)
		if r.code != exitUsage || !strings.Contains(r.err, want) || strings.Contains(r.err, "strconv") || strings.Contains(r.err, "slog") {
			t.Errorf("%s: %d %s; want %s", line, r.code, r.err, want)
		}
	}
}

// Every help says where the settings of connections are, but for the one that lists them.
func TestHelpPointsToConnections(t *testing.T) {
	for line, want := range map[string]bool{"--help": true, "tail --help": true, "get ports --help": true, "config view --help": true, "config --help": false} {
		if r := tidemark(t, nil, strings.Fields(line)...); r.code != exitDone || strings.HasSuffix(r.out, footer+"\n") != want {
			t.Errorf("%s: %d, footer %t wanted:\n%s", line, r.code, want, r.out)
		}
	}
	if r := tidemark(t, nil, "describe", "--help"); !strings.Contains(r.out, "Show all about an instance") || !strings.Contains(r.out, "Show all about a port") {
		t.Errorf("got %s", r.out)
	}
}
