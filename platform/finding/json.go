package finding

import (
	"encoding/json"
	"io"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

func (r Report) json(w io.Writer) error {
	findings := r.Findings
	if findings == nil {
		findings = []contract.Finding{} // a list, even if empty
	}
	return indented(w, struct {
		Files    int                `json:"files"`
		Summary  Counts             `json:"summary"`
		Findings []contract.Finding `json:"findings"`
	}{len(r.files()), r.Counts(), findings})
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
