package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/mask"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
)

// viewer says how records are shown to whoever runs the command: what is hidden, and by which contract.
type viewer struct {
	reveal    bool
	contracts string // a folder; empty to ask the platform
}

func (v *viewer) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&v.reveal, "reveal", false, "show what the contract classifies as personal, confidential or restricted")
	cmd.Flags().StringVar(&v.contracts, "contracts", "", "a `folder` of contracts to go by, rather than asking the platform")
	_ = cmd.MarkFlagDirname("contracts") // fails only for a flag that does not exist
}

// mask finds the contract of a topic and gives what it hides. Where there is none, all text is hidden and stderr
// says so: a topic that nobody has classified may hold anything.
func (v *viewer) mask(cmd *cobra.Command, s *settings, topic string) (mask.Mask, error) {
	if v.reveal || slices.Contains(event.ControlTopics(), topic) {
		return mask.Nothing(), nil
	}
	c, why, err := v.contract(cmd.Context(), s, topic)
	if err != nil {
		return mask.Mask{}, err
	}
	if c == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s, so all text is hidden; name the contracts with --contracts DIR, or see all with --reveal\n", why)
		return mask.Text(), nil
	}
	return mask.Of(c), nil
}

// contract gives the contract of a topic; nil, and why, where none can be found.
func (v *viewer) contract(ctx context.Context, s *settings, topic string) (c *contract.Contract, why string, err error) {
	if v.contracts != "" {
		return fromFolder(v.contracts, topic)
	}
	platform, err := s.client()
	if err != nil {
		return nil, "", err
	}
	return fromPlatform(ctx, platform, topic)
}

func fromFolder(folder, topic string) (*contract.Contract, string, error) {
	if _, err := os.Stat(folder); err != nil {
		return nil, "", usagef("--contracts: %w", err)
	}
	set, _ := contract.Load(os.DirFS(folder)) // faults elsewhere in the folder do not change what this contract hides
	for _, c := range set.Contracts() {
		if c.Topic() == topic {
			return c, "", nil
		}
	}
	return nil, fmt.Sprintf("no contract in %s is about topic %s", folder, topic), nil
}

func fromPlatform(ctx context.Context, platform *client.Client, topic string) (*contract.Contract, string, error) {
	port, err := platform.Port(ctx, topic)
	if err == nil {
		published, failed := platform.Contract(ctx, port.ContractID)
		if err = failed; err == nil {
			c, _ := contract.ParseContract(published.ID, []byte(published.Document)) // it was judged when it was published
			if c == nil {
				return nil, fmt.Sprintf("the platform's copy of contract %s cannot be read", published.ID), nil
			}
			return c, "", nil
		}
	}
	switch away, isAway := errors.AsType[*client.UnreachableError](err); {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case isAway:
		return nil, "no platform answers at " + away.URL, nil
	case client.NotFound(err):
		return nil, fmt.Sprintf("the platform knows no contract of topic %s", topic), nil
	}
	return nil, "", err
}
