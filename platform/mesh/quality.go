package mesh

import (
	"maps"
	"slices"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// quality is what the port's metrics came to. It must not be changed.
func (k *look) quality(p *port) []Quality {
	f := k.ports[p.id]
	if f == nil {
		return nil
	}
	if f.quality == nil {
		f.quality = qualityOf(f.inputs)
	}
	return f.quality
}

// copiedQuality is the caller's to keep and to change.
func copiedQuality(list []Quality) []Quality {
	all := copied(list)
	for i := range all {
		all[i].Holds, all[i].End = clone(all[i].Holds), clone(all[i].End)
	}
	return all
}

// qualityOf merges what a port's input partitions counted for the contract's metrics. Only counts for the newest
// contract that was told of are put together. What cannot be merged (a sketch that is not ours) is left out: these are
// numbers for people, and the writer says them again.
func qualityOf(inputs []*input) []Quality {
	all := []Quality{}
	counts := make(map[string][]quality.Count)
	if newest := newestInput(inputs); newest != nil {
		for _, i := range inputs {
			if i.ContractDigest != newest.ContractDigest {
				continue
			}
			for n := range i.Quality {
				counts[i.Quality[n].Rule] = append(counts[i.Quality[n].Rule], countOf(&i.Quality[n], i.At))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		r, err := quality.Merge(counts[id])
		if err != nil {
			continue
		}
		q := Quality{
			Rule: id, Metric: string(r.Rule.Metric), Value: r.Value, Unit: string(r.Rule.Unit), Promise: r.Rule.Promise(),
			Severity: r.Rule.Severity.String(), Holds: r.Holds, Start: r.Start.UTC(), Records: r.Rows,
		}
		if !r.End.IsZero() {
			q.End = utc(&r.End)
		}
		all = append(all, q)
	}
	return all
}

func newestInput(inputs []*input) (newest *input) {
	for _, i := range inputs {
		if newest == nil || i.At.After(newest.At) {
			newest = i
		}
	}
	return newest
}

func countOf(e *event.QualityCount, heard time.Time) quality.Count {
	severity := avro.Error
	if e.Severity == avro.Warning.String() {
		severity = avro.Warning
	}
	end := time.Time{}
	if e.End != nil {
		end = *e.End
	}
	return quality.Count{
		Rule: &quality.Rule{
			ID: e.Rule, Metric: quality.Metric(e.Metric), Unit: quality.Unit(e.Unit), Operator: e.Operator, Bounds: e.Bounds, Severity: severity,
		},
		Start: e.Start, End: end, Records: int(e.WindowRecords), Closed: e.Closed, Whole: e.Whole,
		Rows: e.Rows, Bad: e.Bad, Seen: e.Seen, Heard: heard, Distinct: e.Distinct,
	}
}
