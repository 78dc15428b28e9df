package finding

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The elements of JUnit's XML that CI servers agree about.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit makes a test case of each file. Servers read one failure of a case, so that it holds all errors of the file;
// warnings and notes are its output.
func (r Report) junit(w io.Writer) error {
	byFile := make(map[string][]contract.Finding)
	for _, f := range r.Findings {
		byFile[f.File] = append(byFile[f.File], f)
	}
	suite := junitSuite{Name: r.Tool}
	for _, file := range r.files() {
		c := junitCase{Class: path.Dir(file), Name: path.Base(file), File: file}
		var failures, out []string
		for _, f := range byFile[file] {
			if f.Severity != contract.SeverityError {
				out = append(out, Printable(f.String()))
				continue
			}
			if failures = append(failures, Printable(f.String())); len(failures) == 1 {
				c.Failure = &junitFailure{Type: f.Rule, Message: Printable(f.Message)}
			}
		}
		if c.Failure != nil {
			if n := len(failures) - 1; n > 0 {
				c.Failure.Message += fmt.Sprintf("; and %d more", n)
			}
			c.Failure.Text = strings.Join(failures, "\n")
			suite.Failures++
		}
		c.Out = strings.Join(out, "\n")
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Name: r.Tool, Tests: suite.Tests, Failures: suite.Failures, Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
