package finding

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// github writes workflow commands: ::error file=F,line=L,col=C,title=T::message. What may stand in them is escaped as
// GitHub's own toolkit does (actions/toolkit, packages/core/src/command.ts).
func (r Report) github(w io.Writer) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var failed error
	for _, f := range r.Findings {
		message := f.Message
		if f.Path != "" {
			message = f.Path + ": " + message
		}
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", command(f.Severity),
			property.Replace(f.File), max(f.Line, 1), max(f.Column, 1), property.Replace(f.Rule), Printable(data.Replace(message)))
		failed = errors.Join(failed, err)
	}
	return failed
}

func command(s contract.Severity) string {
	if s == contract.SeverityNote {
		return "notice"
	}
	return s.String()
}
