package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/tail"
)

// stream prints things one by one, as they come.
type stream struct {
	s *settings
	w io.Writer
	n int
}

func newStream(cmd *cobra.Command, s *settings) *stream { return &stream{s: s, w: cmd.OutOrStdout()} }

// value prints v for json (one line each) and yaml (one document each); handled says whether it did.
func (o *stream) value(v any) (handled bool, err error) {
	o.n++
	switch o.s.Output {
	case formatJSON:
		enc := json.NewEncoder(o.w)
		enc.SetEscapeHTML(false)
		return true, enc.Encode(v)
	case formatYAML:
		if o.n > 1 {
			if _, err := io.WriteString(o.w, "---\n"); err != nil {
				return true, err
			}
		}
		return true, writeYAML(o.w, v)
	}
	return false, nil
}

// line prints a record.
func (o *stream) line(l *tail.Line) error {
	if handled, err := o.value(l); handled {
		return err
	}
	if o.s.Output == formatName {
		_, err := fmt.Fprintf(o.w, "%s/%d/%d\n", l.Topic, l.Partition, l.Offset)
		return err
	}
	value, err := o.text(l)
	if err != nil {
		return err
	}
	parts := []string{l.Timestamp.Format(time.RFC3339), fmt.Sprintf("%d/%d", l.Partition, l.Offset), keyText(l.Key), value}
	if o.s.Output == formatWide {
		parts = append(parts, headerText(l.Headers), fmt.Sprintf("schema=%d", l.SchemaID))
	}
	_, err = fmt.Fprintln(o.w, strings.Join(parts, "  "))
	return err
}

// text gives a record's value, or why there is none.
func (o *stream) text(l *tail.Line) (string, error) {
	switch {
	case l.Tombstone:
		return "(tombstone)", nil
	case l.Undecodable != nil:
		return o.s.paint(o.w, red, printable(undecodableText(l.Undecodable))), nil
	}
	text, err := compactJSON(l.Value)
	return printable(text), err
}

func undecodableText(u *tail.Undecodable) string {
	return fmt.Sprintf("(%s: %s; %d bytes)", u.Reason, u.Message, u.Size)
}

func compactJSON(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimRight(b.String(), "\n"), err
}

func keyText(key *string) string {
	if key == nil {
		return "-"
	}
	return printable(*key)
}

func headerText(headers []tail.Header) string {
	texts := make([]string, len(headers))
	for i, h := range headers {
		texts[i] = printable(h.Name + "=" + h.Value)
	}
	return orDash(strings.Join(texts, " "))
}
