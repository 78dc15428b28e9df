package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// format is the value of -o.
type format string

const (
	formatTable format = "table"
	formatWide  format = "wide"
	formatJSON  format = "json"
	formatYAML  format = "yaml"
	formatName  format = "name"
)

func formats() []string {
	return []string{string(formatTable), string(formatWide), string(formatJSON), string(formatYAML), string(formatName)}
}

// String, Set and Type make a format a flag.
func (f *format) String() string { return string(*f) }

// Type is what the help text shows.
func (f *format) Type() string { return "format" }

// Set takes one of formats.
func (f *format) Set(text string) error {
	for _, known := range formats() {
		if text == known {
			*f = format(text)
			return nil
		}
	}
	return fmt.Errorf("unknown output format; there are %s", strings.Join(formats(), ", "))
}

// listing is what a command has to print, in every form that it can be asked for.
type listing struct {
	value   any      // for json and yaml: the API's own object
	names   []string // for name, one a line
	columns []column
	rows    [][]string // one cell a column
	text    string     // instead of a table, for what is no list
	empty   string     // said on stderr when there are no rows: why that may be, and the next step
}

type column struct {
	title string
	wide  bool // only with -o wide
}

// columns makes columns of titles; a star at the end makes a wide one.
func columns(titles ...string) []column {
	cs := make([]column, len(titles))
	for i, t := range titles {
		cs[i] = column{strings.TrimSuffix(t, "*"), strings.HasSuffix(t, "*")}
	}
	return cs
}

// print writes l to the command's stdout as -o says.
func (s *settings) print(cmd *cobra.Command, l listing) error {
	w := cmd.OutOrStdout()
	switch s.Output {
	case formatJSON:
		return writeJSON(w, l.value)
	case formatYAML:
		return writeYAML(w, l.value)
	case formatName:
		for _, n := range l.names {
			if _, err := fmt.Fprintln(w, printable(n)); err != nil {
				return err
			}
		}
		return nil
	}
	if l.text != "" {
		_, err := io.WriteString(w, l.text)
		return err
	}
	if len(l.rows) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), l.empty)
		return nil
	}
	return writeTable(w, l, s.Output == formatWide)
}

func writeTable(w io.Writer, l listing, wide bool) error {
	tw := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	line := func(cell func(i int) string) {
		var cells []string
		for i, c := range l.columns {
			if wide || !c.wide {
				cells = append(cells, printable(cell(i)))
			}
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t")) // an error is kept and given by Flush
	}
	line(func(i int) string { return l.columns[i].title })
	for _, row := range l.rows {
		line(func(i int) string { return row[i] })
	}
	return tw.Flush()
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeYAML writes the JSON form of v as YAML, so that both have the same names, order and exact numbers.
func writeYAML(w io.Writer, v any) error {
	var b bytes.Buffer
	if err := writeJSON(&b, v); err != nil {
		return err
	}
	var doc yaml.Node // YAML is a superset of JSON
	if err := yaml.Unmarshal(b.Bytes(), &doc); err != nil {
		return err
	}
	plain(&doc)
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return err
	}
	return enc.Close()
}

// plain undoes JSON's braces and quotes; the encoder quotes again what needs it.
func plain(n *yaml.Node) {
	if len(n.Content) > 0 || n.Kind == yaml.ScalarNode {
		n.Style = 0
	}
	for _, c := range n.Content {
		plain(c)
	}
}

// printable replaces control characters, so that a text from a contract cannot move the cursor, recolour or
// retitle the reader's terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
