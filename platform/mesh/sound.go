package mesh

import (
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/event"
)

// sound refuses an event whose times are no dates: anybody who may write a control topic can send them, and one
// would keep every list from being rendered as JSON, which ends with the year 9999.
func sound(e event.Event) error {
	var times []time.Time
	may := func(t *time.Time) {
		if t != nil {
			times = append(times, *t)
		}
	}
	switch e := e.(type) {
	case *event.Descriptor:
		may(&e.PublishedAt)
	case *event.Lifecycle:
		may(&e.At)
	case *event.Heartbeat:
		may(&e.At)
		may(&e.StartedAt)
	case *event.Freshness:
		may(&e.At)
		may(e.EventTime)
		may(e.UpdatedAt)
		for i := range e.Quality {
			may(&e.Quality[i].Start)
			may(e.Quality[i].End)
		}
	case *event.Breach:
		may(&e.Start)
		may(e.End)
	case *event.Verdict:
		may(&e.JudgedAt)
	}
	for _, t := range times {
		if year := t.UTC().Year(); year < 1 || year > 9998 { // a day to spare for time zones
			return fmt.Errorf("a time in the year %d", year)
		}
	}
	return nil
}
