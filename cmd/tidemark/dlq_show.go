package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/tail"
)

func newDLQShowCommand(s *settings) *cobra.Command {
	var f letterFilter
	var v viewer
	var all bool
	cmd := &cobra.Command{
		Use:   "show DATA-PRODUCT [COORDINATES...]",
		Short: "Show dead letters with what is in them",
		Long: `Show dead letters with the rejected record: its key, its headers and, where it can be decoded, its value.

Coordinates are topic/partition/offset of the record that was rejected, as "dlq list" prints them, or of the dead
letter itself. What the record's contract classifies as personal, confidential or restricted is hidden.`,
		Example: `  tidemark dlq show orders.orders orders.checkout.placed.v1/0/42
  tidemark dlq show orders.orders --all --reason rule.broken -o json`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: firstArgument(dataProducts().complete(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 1) {
				return usagef("name the coordinates of one or more records, or say --all")
			}
			q, err := s.queue(args[0])
			if err != nil {
				return err
			}
			filter, err := f.filter(s)
			if err != nil {
				return err
			}
			letters := q.Each(cmd.Context(), filter)
			if !all {
				coordinates, err := parseAll(args[1:])
				if err != nil {
					return err
				}
				letters = lettersOf(cmd.Context(), q, coordinates)
			}
			return s.hintLetters(showLetters(cmd, s, v, letters))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all that the flags below choose")
	f.flags(cmd)
	v.flags(cmd)
	cmd.Flags().SortFlags = false
	return cmd
}

func parseAll(texts []string) ([]deadletter.Coordinates, error) {
	coordinates := make([]deadletter.Coordinates, len(texts))
	for i, text := range texts {
		var err error
		if coordinates[i], err = deadletter.ParseCoordinates(text); err != nil {
			return nil, &usageError{err}
		}
	}
	return coordinates, nil
}

func lettersOf(ctx context.Context, q *deadletter.Queue, coordinates []deadletter.Coordinates) iter.Seq2[*deadletter.Letter, error] {
	return func(yield func(*deadletter.Letter, error) bool) {
		for _, c := range coordinates {
			letters, err := q.Show(ctx, c)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, l := range letters {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

// shownLetter is a dead letter with the rejected record.
type shownLetter struct {
	api.DeadLetter
	Record *tail.Line `json:"record"`
}

func showLetters(cmd *cobra.Command, s *settings, v viewer, letters iter.Seq2[*deadletter.Letter, error]) error {
	schemas, err := s.schemas(nil)
	if err != nil {
		return err
	}
	decoders := make(map[string]*tail.Decoder) // by the topic whose contract says what to hide
	out := newStream(cmd, s)
	for l, err := range letters {
		if err != nil {
			return err
		}
		topic := l.Origin.Topic
		if decoders[topic] == nil {
			hide, key, err := v.hide(cmd, s, topic, topic)
			if err != nil {
				return err
			}
			decoders[topic] = tail.NewDecoder(schemas, hide, key)
		}
		line, err := decoders[topic].Line(cmd.Context(), rejectedRecord(l))
		if err != nil {
			return err
		}
		if l.Cut != nil {
			line.Tombstone, line.Undecodable = false, cutText(l)
		}
		item := deadLetterItem(l)
		if v.reveal {
			item.Message = l.Message
		}
		if err := out.letter(shownLetter{item, line}); err != nil {
			return err
		}
	}
	if out.n == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "No dead letters here.")
	}
	return nil
}

// cutText says where the value is that the letter has no room for.
func cutText(l *deadletter.Letter) *tail.Undecodable {
	return &tail.Undecodable{
		Reason: "letter.cut", Size: l.Cut.Bytes,
		Message: fmt.Sprintf("the letter's topic had no room for the value, %s; the record itself is at %s, and dlq replay takes it from there", l.Cut.Digest, l.Origin),
	}
}

// rejectedRecord is the record as it stood where it was rejected.
func rejectedRecord(l *deadletter.Letter) *kafka.Record {
	return &kafka.Record{
		Topic: l.Origin.Topic, Partition: l.Origin.Partition, Offset: l.Origin.Offset, Timestamp: l.Published,
		Key: l.Key, Value: l.Value, Headers: l.Headers,
	}
}

// letter prints a dead letter with its record.
func (o *stream) letter(l shownLetter) error {
	if handled, err := o.value(l); handled {
		return err
	}
	record := fmt.Sprintf("%s/%d/%d", l.Origin.Topic, l.Origin.Partition, l.Origin.Offset)
	if o.s.Output == formatName {
		_, err := fmt.Fprintln(o.w, record)
		return err
	}
	text, err := letterText(l, record, o.s.process.now())
	if err != nil {
		return err
	}
	if o.n > 1 {
		text = "\n" + text
	}
	_, err = fmt.Fprint(o.w, text)
	return err
}

func letterText(l shownLetter, record string, now time.Time) (string, error) {
	d := &sheet{now: now}
	schema := ""
	if l.SchemaID > 0 {
		schema = strconv.Itoa(l.SchemaID)
	}
	d.facts(
		"Record", record,
		"Reason", l.Reason,
		"Rule", l.Rule,
		"Field", l.Field,
		"Message", l.Message,
		"Rejected by", l.DataProduct,
		"Set aside", l.At.Format(time.RFC3339),
		"Attempt", strconv.Itoa(l.Attempt),
		"Letter", fmt.Sprintf("%s/%d/%d", l.Topic, l.Partition, l.Offset),
		"Schema id", schema,
		"Key", keyText(l.Record.Key),
	)
	if len(l.Record.Headers) > 0 {
		d.WriteString("Headers:\n")
		for _, h := range l.Record.Headers {
			fmt.Fprintf(d, "  %s: %s\n", printable(h.Name), printable(h.Value))
		}
	}
	switch {
	case l.Record.Tombstone:
		d.WriteString("Value: (tombstone)\n")
	case l.Record.Undecodable != nil:
		fmt.Fprintf(d, "Value: %s\n", printable(undecodableText(l.Record.Undecodable)))
	default:
		value, err := indentedJSON(l.Record.Value)
		if err != nil {
			return "", err
		}
		d.WriteString("Value:\n" + value)
	}
	return d.String(), nil
}

// indentedJSON is v as JSON for a person: each line is printable.
func indentedJSON(v any) (string, error) {
	compact, err := compactJSON(v)
	if err != nil {
		return "", err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(compact), "  ", "  "); err != nil {
		return "", err
	}
	var out strings.Builder
	for line := range strings.Lines("  " + indented.String() + "\n") {
		out.WriteString(printable(strings.TrimRight(line, "\n")) + "\n")
	}
	return out.String(), nil
}
