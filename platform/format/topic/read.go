package topic

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/registry"
	"github.com/tidemark-mesh/tidemark/platform/scan"
)

// DefaultRecords is how many records are read at most, where a Source does not say.
const DefaultRecords = 1_000_000

// Source says which topic is looked at, and how much of it.
type Source struct {
	Kafka kafka.Config
	// Registry has the subject <topic>-value; without that, the schema of the newest record counts. nil: the records are
	// taken for JSON.
	Registry *registry.Client
	Topic    string
	// Records is how many are read at most: the newest ones, as many of each partition. Default DefaultRecords.
	Records int
}

// Propose reads a topic's committed records, up to where it ends now, and proposes a contract for it. It commits
// nothing. It blocks until all is read or ctx ends; errors.Is(err, kafka.ErrUnknownTopic) says that the topic is not
// there.
func Propose(ctx context.Context, s Source) (*Proposal, error) {
	if s.Records <= 0 {
		s.Records = DefaultRecords
	}
	about, ranges, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	schema, err := s.schema(ctx, ranges)
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", s.Topic, err)
	}
	survey, err := NewSurvey(schema)
	if err != nil {
		return nil, err
	}
	if err := s.survey(ctx, survey, newest(ranges, s.Records)); err != nil {
		return nil, fmt.Errorf("topic %s: %w", s.Topic, err)
	}
	return survey.Propose(about)
}

// describe asks what the cluster knows of the topic.
func (s Source) describe(ctx context.Context) (About, scan.Ranges, error) {
	about := About{Topic: s.Topic}
	admin, err := kafka.NewAdmin(s.Kafka)
	if err != nil {
		return about, nil, err
	}
	defer admin.Close()
	ranges, err := scan.Bounds(ctx, admin, s.Topic)
	if err != nil {
		return about, nil, fmt.Errorf("topic %s: %w", s.Topic, err)
	}
	about.Partitions = len(ranges)
	all, err := admin.TopicSettings(ctx, []string{"cleanup.policy", "retention.ms"}, []string{s.Topic})
	if err != nil { // one may be allowed to read a topic and not its settings
		all = nil
	}
	settings := all[s.Topic]
	about.Compacted = strings.Contains(settings["cleanup.policy"].Value, "compact")
	if ms, err := strconv.ParseInt(settings["retention.ms"].Value, 10, 64); err == nil && ms > 0 && ms < int64(200*365*day/time.Millisecond) && !about.Compacted {
		about.Retention = time.Duration(ms) * time.Millisecond
	}
	return about, ranges, ctx.Err()
}

// newest narrows the ranges to so many offsets in all, the last of each partition.
func newest(ranges scan.Ranges, n int) scan.Ranges {
	lengths := make([]int64, 0, len(ranges))
	for _, r := range ranges {
		lengths = append(lengths, max(0, r.To-r.From))
	}
	slices.Sort(lengths)
	left, share := int64(n), int64(0)
	for i, length := range lengths { // what short partitions leave is for the longer ones
		share = left / int64(len(lengths)-i)
		left -= min(length, share)
	}
	narrow := make(scan.Ranges, len(ranges))
	for tp, r := range ranges {
		r.From = max(r.From, r.To-max(1, share))
		narrow[tp] = r
	}
	return narrow
}

// schema is the topic's: its subject's newest, else its newest record's; nil where there is none.
func (s Source) schema(ctx context.Context, ranges scan.Ranges) (*avro.Schema, error) {
	if s.Registry == nil {
		return nil, nil
	}
	latest, err := s.Registry.Latest(ctx, s.Topic+"-value")
	if err == nil {
		return latest.Schema, nil
	}
	if !errors.Is(err, registry.ErrUnknownSubject) {
		return nil, err
	}
	last, err := scan.Last(ctx, s.Kafka, ranges, 1, func(r *kafka.Record) bool { return r.Value != nil })
	if err != nil {
		return nil, err
	}
	for r := range scan.NewestFirst(last) {
		id, _, framed := avro.SplitFrame(r.Value)
		if !framed {
			continue
		}
		switch schema, err := s.Registry.Schema(ctx, id); {
		case err == nil:
			return schema, nil
		case !errors.Is(err, registry.ErrUnknownSchema):
			return nil, err
		}
	}
	return nil, nil
}

// survey reads the partitions, several at once, each by one reader.
func (s Source) survey(ctx context.Context, into *Survey, ranges scan.Ranges) error {
	readers := min(runtime.GOMAXPROCS(0), len(ranges))
	shares := make([]scan.Ranges, readers)
	i := 0
	for tp, r := range ranges {
		if shares[i%readers] == nil {
			shares[i%readers] = scan.Ranges{}
		}
		shares[i%readers][tp] = r
		i++
	}
	surveys := make([]*Survey, readers)
	g, ctx := errgroup.WithContext(ctx)
	for i, share := range shares {
		one, err := into.Another()
		if err != nil {
			return err
		}
		surveys[i] = one
		g.Go(func() error { return s.read(ctx, one, share) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, one := range surveys {
		into.Merge(one)
	}
	return nil
}

func (s Source) read(ctx context.Context, into *Survey, ranges scan.Ranges) error {
	d := decoder{ctx: ctx, source: s, schema: into.schema, programs: make(map[int]*avro.Program)}
	for r, err := range scan.Records(ctx, s.Kafka, ranges) {
		if err != nil {
			return err
		}
		value, ok, err := d.decode(r.Value)
		if err != nil {
			return err
		}
		if !ok {
			into.Unreadable()
			continue
		}
		into.Add(Record{Key: r.Key, Value: value, Time: r.Timestamp, Partition: r.Partition})
	}
	return nil
}
