package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/deadletter"
	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

func newDLQCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dlq",
		Aliases: []string{"dead-letters"},
		Short:   "See what a data product set aside, and send it back",
		Long: `A dead letter is a record that a data product rejected, byte for byte, with the reason. It is known by the
coordinates of the record that was rejected: topic/partition/offset.`,
	}
	cmd.AddCommand(newDLQListCommand(s), newDLQShowCommand(s), newDLQReplayCommand(s))
	return cmd
}

// letterFilter chooses dead letters.
type letterFilter struct {
	reasons []string
	rule    string
	since   string
}

func (f *letterFilter) flags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.reasons, "reason", nil, "only these `reasons`, such as rule.broken; transform takes all that begin with it")
	cmd.Flags().StringVar(&f.rule, "rule", "", "only those that broke this `rule` of the contract")
	cmd.Flags().StringVar(&f.since, "since", "", "only those set aside since `when`: an age such as 5m, or a time such as 2026-11-21T12:00:00Z")
}

func (f *letterFilter) filter(s *settings) (deadletter.Filter, error) {
	out := deadletter.Filter{Rule: f.rule}
	for _, r := range f.reasons {
		out.Reasons = append(out.Reasons, fault.Reason(r))
	}
	if f.since != "" {
		var err error
		if out.Since, err = parseSince(f.since, s.process.now()); err != nil {
			return out, err
		}
	}
	return out, nil
}

// queue gives the dead letters of a data product.
func (s *settings) queue(dataProduct string) (*deadletter.Queue, error) {
	cfg, err := s.brokers()
	if err != nil {
		return nil, err
	}
	return deadletter.Open(cfg, dataProduct), nil
}

// hintLetters adds the next step to what reading dead letters returned.
func (s *settings) hintLetters(err error) error {
	if errors.Is(err, kafka.ErrUnknownTopic) {
		return withNext(err, "\"tidemark get data-products\" lists what there is")
	}
	return s.hintBrokers(err)
}
