package main

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// backfillBar shows how much of the backfill is published, on a terminal only.
type backfillBar struct {
	to   io.Writer // nil: nowhere
	all  *mpb.Progress
	bar  *mpb.Bar
	last int
}

func newBackfillBar(w io.Writer) *backfillBar {
	if !isTerminal(w) {
		return &backfillBar{}
	}
	return &backfillBar{to: w}
}

// progress is told by the one goroutine that publishes.
func (b *backfillBar) progress(done, total int) {
	if b.to == nil {
		return
	}
	if b.bar == nil {
		b.all = mpb.New(mpb.WithOutput(b.to), mpb.WithWidth(48))
		b.bar = b.all.AddBar(int64(total),
			mpb.PrependDecorators(decor.Name("publishing what happened so far "), decor.CountersNoUnit("%d / %d")),
			mpb.AppendDecorators(decor.Percentage()))
	}
	b.bar.IncrBy(done - b.last)
	b.last = done
}

// end leaves the bar as it is, and the line after it free.
func (b *backfillBar) end() {
	if b.bar == nil {
		return
	}
	if !b.bar.Completed() {
		b.bar.Abort(false)
	}
	b.all.Wait()
	b.to, b.bar = nil, nil
}
