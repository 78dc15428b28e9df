package main

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/spf13/cobra"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		says string
	}{
		{nil, exitDone, ""},
		{errors.New("unknown flag"), exitUsage, "error: unknown flag\n  next: see tidemark --help\n"},
		{&runError{errors.New("it broke")}, exitFailed, "error: it broke\n"},
		{&runError{usagef("--since: %s", "no time")}, exitUsage, "error: --since: no time\n  next: see tidemark --help\n"},
		{&runError{findingsf("2 violations")}, exitFindings, "error: 2 violations\n"},
		{&runError{fmt.Errorf("reading: %w", withNext(errors.New("away"), "start %s", "it"))}, exitFailed, "error: reading: away\n  next: start it\n"},
		{&runError{errors.New("one\ntwo\x1b[31m")}, exitFailed, "error: one\n       two\ufffd[31m\n"},
	} {
		var out bytes.Buffer
		cmd := &cobra.Command{Use: "tidemark"}
		cmd.SetErr(&out)
		s := newSettings(process{env: env{}.lookup})
		if code := report(s, cmd, c.err); code != c.code || out.String() != c.says {
			t.Errorf("%v: got %d %q, want %d %q", c.err, code, out.String(), c.code, c.says)
		}
	}
}
