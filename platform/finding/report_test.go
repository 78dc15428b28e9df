package finding

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files as they are now")

func report() Report {
	return Report{
		Tool: "tidemark check", Version: "1.2.3",
		Files: []string{"contracts/shop/orders/orders.v1.odcs.yaml", "contracts/shop/orders/product.odps.yaml"},
		Findings: []contract.Finding{
			{Rule: "tree.agree", Severity: contract.SeverityError, File: "contracts/shop/orders/orders.v1.odcs.yaml", Line: 12, Column: 7, Path: "schema[0].properties[1].name", Message: `the schema has no field "total"; did you mean "totals"?`},
			{Rule: "tree.name", Severity: contract.SeverityError, File: "contracts/shop/orders/orders.v1.odcs.yaml", Line: 16, Column: 3, Path: "id", Message: "100% wrong, truly:\nsee <b>there</b> | here & `now` \x1b[31m\u202e"},
			{Rule: "tree.owner", Severity: contract.SeverityWarning, File: "contracts/shop/with space,and:colon.yaml", Message: "nobody answers for it"},
			{Rule: "not-enforced", Severity: contract.SeverityNote, File: "contracts/shop/orders/orders.v1.odcs.yaml", Line: 20, Message: "not enforced here: a text is for people"},
		},
		Meaning: func(rule string) string {
			if rule == "tree.owner" {
				return "Nobody answers for it."
			}
			return ""
		},
	}
}

func TestFormats(t *testing.T) {
	for _, f := range Formats() {
		for name, r := range map[string]Report{"some": report(), "none": {Tool: "tidemark check", Version: "1.2.3", Files: []string{"a.odcs.yaml"}}} {
			t.Run(string(f)+"/"+name, func(t *testing.T) {
				var b bytes.Buffer
				if err := r.Write(&b, f); err != nil {
					t.Fatal(err)
				}
				if strings.ContainsAny(b.String(), "\x1b\u202e") && f != JSON && f != SARIF { // a decoder's to show
					t.Errorf("control characters come through: %q", b.String())
				}
				goldentest.Equal(t, filepath.Join("testdata", name+"."+string(f)), b.Bytes(), *update)
			})
		}
	}
	if err := report().Write(io.Discard, "html"); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestCounts(t *testing.T) {
	if got := report().Counts().String(); got != "2 errors, 1 warning, 1 note" {
		t.Error(got)
	}
}

// TestMachinesReadIt: what claims to be JSON or XML is.
func TestMachinesReadIt(t *testing.T) {
	for _, f := range []Format{JSON, SARIF} {
		var b bytes.Buffer
		if err := report().Write(&b, f); err != nil || !json.Valid(b.Bytes()) {
			t.Errorf("%s: %v", f, err)
		}
	}
	var b bytes.Buffer
	var suites junitSuites
	if err := report().Write(&b, JUnit); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil || suites.Tests != 3 || suites.Failures != 1 || len(suites.Suite.Cases) != 3 {
		t.Errorf("%v: %+v", err, suites)
	}
}

func TestWriteFails(t *testing.T) {
	for _, f := range Formats() {
		if err := report().Write(full{}, f); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
