package main

import (
	"context"
	"errors"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/portal"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// deadLetters lets the platform's API list dead letters.
type deadLetters struct{ cfg kafka.Config }

var _ portal.DeadLetters = deadLetters{}

// List gives a page, newest first. A data product that has no dead letter topic has no dead letters.
func (d deadLetters) List(ctx context.Context, q portal.DeadLetterQuery) (api.DeadLetterList, error) {
	list := api.DeadLetterList{Items: []api.DeadLetter{}}
	var filter deadletter.Filter
	if q.Reason != "" {
		filter.Reasons = []fault.Reason{fault.Reason(q.Reason)}
	}
	page, err := deadletter.Open(d.cfg, q.DataProduct).List(ctx, filter, q.Limit, deadletter.Cursor(q.Cursor))
	switch {
	case errors.Is(err, kafka.ErrUnknownTopic):
		return list, nil
	case errors.As(err, new(*deadletter.BadCursorError)):
		return list, &portal.BadCursorError{Cursor: q.Cursor}
	case err != nil:
		return list, err
	}
	for _, l := range page.Letters {
		list.Items = append(list.Items, deadLetterItem(l))
	}
	list.Next = string(page.Next)
	return list, nil
}
