package portal

import (
	"context"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// DeadLetters lists what data products rejected, without what is in it. It may read Kafka and must heed its context.
type DeadLetters interface {
	// List gives a page of a data product's dead letters, the newest first. A data product without any gives an
	// empty page.
	List(ctx context.Context, q DeadLetterQuery) (api.DeadLetterList, error)
}

// DeadLetterQuery asks for one page.
type DeadLetterQuery struct {
	DataProduct string // <domain>.<product>
	Reason      string // "" for every reason
	Limit       int    // at most that many; never 0
	Cursor      string // the Next of the page before, "" for the first
}

// BadCursorError says that a cursor is none that List gave.
type BadCursorError struct{ Cursor string }

func (e *BadCursorError) Error() string { return "the cursor is not one that this list gave" }
