package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// asker asks the user for what the command line does not say, where there is a user to ask.
type asker struct {
	on      bool // there is a terminal, and the user did not say --yes
	ctx     context.Context
	out     io.Writer
	answers chan answer
	lines   *bufio.Reader
	missing []string // what would have been asked, and has no default
	undone  string   // what a question that gets no answer leaves undone; "" is that nothing was written
}

type answer struct {
	text string
	err  error
}

// newAsker asks on the command's terminal, if it has one.
func newAsker(cmd *cobra.Command, yes bool) *asker {
	on := !yes && isTerminal(cmd.InOrStdin()) && isTerminal(cmd.ErrOrStderr())
	return &asker{on: on, ctx: cmd.Context(), out: cmd.ErrOrStderr(), lines: bufio.NewReader(cmd.InOrStdin()), answers: make(chan answer, 1)}
}

// text fills in a value that is not given: by asking, else by the default, else it is missing. A question is asked
// until its answer passes check, which may be nil. name is how a script gives it.
func (a *asker) text(into *string, name, question, fallback string, check func(string) error) error {
	if *into != "" {
		return nil
	}
	if !a.on {
		if fallback == "" {
			a.missing = append(a.missing, name)
		}
		*into = fallback
		return nil
	}
	for {
		text, err := a.line(question, fallback)
		if err != nil {
			return err
		}
		if check != nil {
			if err := check(text); err != nil {
				fmt.Fprintln(a.out, "  "+printable(err.Error()))
				continue
			}
		}
		*into = text
		return nil
	}
}

// yes asks a question whose answer is yes unless the user says no.
func (a *asker) yes(question string) (bool, error) {
	for {
		text, err := a.line(question+" (yes/no)", "yes")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(text) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// agree asks a question whose answer is no unless the user says yes, for what cannot be taken back.
func (a *asker) agree(question string) (bool, error) {
	for {
		text, err := a.line(question+" (yes/no)", "no")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(text) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// line asks one question. It ends early when ctx does: a signal must end the command while it waits for a key.
func (a *asker) line(question, fallback string) (string, error) {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	undone := cmp.Or(a.undone, "nothing was written")
	fmt.Fprint(a.out, printable(question)+": ")
	go func() {
		text, err := a.lines.ReadString('\n')
		a.answers <- answer{text, err}
	}()
	select {
	case <-a.ctx.Done():
		fmt.Fprintln(a.out)
		return "", errors.New("interrupted: " + undone)
	case got := <-a.answers:
		text := strings.TrimSpace(got.text)
		if got.err != nil && text == "" {
			fmt.Fprintln(a.out)
			return "", fmt.Errorf("no answer came: %s (%w)", undone, got.err)
		}
		if text == "" {
			text = fallback
		}
		return text, nil
	}
}
