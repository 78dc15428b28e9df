package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Exit codes.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 100
)

// runError is what a command returned while it ran; whatever else cobra returns is a wrong command line.
type runError struct{ error }

func (e *runError) Unwrap() error { return e.error }

// usageError is a wrong argument, flag, variable or configuration file that only the command could see.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// usagef is an error that ends in exit code 2.
func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// findingsError says that a command did its work and found something that should not be.
type findingsError struct{ error }

func (e *findingsError) Unwrap() error { return e.error }

// findingsf is an error that ends in exit code 100. The findings themselves are data and already on stdout; this
// is the one sentence that sums them up.
func findingsf(format string, args ...any) error { return &findingsError{fmt.Errorf(format, args...)} }

// nextError is an error with what to do about it.
type nextError struct {
	error
	next string
}

func (e *nextError) Unwrap() error { return e.error }

// withNext adds the next step to err, which is printed on a line of its own. A nil err stays nil.
func withNext(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &nextError{err, fmt.Sprintf(format, args...)}
}

// report prints err, if there is one, and gives the exit code.
func report(s *settings, cmd *cobra.Command, err error) int {
	if err == nil {
		return exitDone
	}
	code, next := exitFailed, ""
	_, ran := errors.AsType[*runError](err)
	if _, wrong := errors.AsType[*usageError](err); wrong || !ran {
		code, next = exitUsage, fmt.Sprintf("see %s --help", cmd.CommandPath())
	}
	if _, found := errors.AsType[*findingsError](err); found {
		code = exitFindings
	}
	if n, ok := errors.AsType[*nextError](err); ok {
		next = n.next
	}
	w := cmd.ErrOrStderr()
	for i, line := range strings.Split(strings.TrimSpace(err.Error()), "\n") { // several faults at once are several lines
		mark := s.paint(w, red, "error:")
		if i > 0 {
			mark = "      "
		}
		fmt.Fprintf(w, "%s %s\n", mark, printable(line))
	}
	if next != "" {
		fmt.Fprintf(w, "  %s %s\n", s.paint(w, bold, "next:"), printable(next))
	}
	return code
}

// SGR codes.
const (
	bold = "1"
	red  = "31;1"
)

// paint colours text for a terminal that wants it (https://no-color.org).
func (s *settings) paint(w any, sgr, text string) string {
	if set, ok := s.process.env("NO_COLOR"); (ok && set != "") || !isTerminal(w) {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// isTerminal reports whether w is a terminal: only there are colours, bars and prompts.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
