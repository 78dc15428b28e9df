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
	"github.com/tidemark-mesh/tidemark/platform/mesh"
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

// hide finds the contract of a topic, which may be that of a port, and gives what it hides and the path of the field
// that is the record key. Where there is none, all text is hidden and stderr says so: a topic that nobody has
// classified may hold anything.
func (v *viewer) hide(cmd *cobra.Command, s *settings, port, topic string) (mask.Mask, []string, error) {
	if v.reveal || slices.Contains(event.ControlTopics(), topic) {
		return mask.Nothing(), nil, nil
	}
	c, why, err := v.contract(cmd.Context(), s, port, topic)
	if err != nil {
		return mask.Mask{}, nil, err
	}
	if c == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s, so all text is hidden; name the contracts with --contracts DIR, or see all with --reveal\n", why)
		return mask.Text(), nil, nil
	}
	return mask.Of(c), c.Key(), nil
}

// contract gives the contract of a topic; nil, and why, where none can be found.
func (v *viewer) contract(ctx context.Context, s *settings, port, topic string) (c *contract.Contract, why string, err error) {
	if v.contracts != "" {
		return fromFolder(v.contracts, topic)
	}
	platform, err := s.client()
	if err != nil {
		return nil, "", err
	}
	return fromPlatform(ctx, platform, port, topic)
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

// fromPlatform asks for the contract of the port, else for one that is about the topic: what a guard or an observer reads
// may be no port. Whatever the platform answers instead means that there is none.
func fromPlatform(ctx context.Context, platform *client.Client, port, topic string) (*contract.Contract, string, error) {
	published, err := publishedContract(ctx, platform, port, topic)
	_, answered := errors.AsType[*client.Problem](err)
	switch away, isAway := errors.AsType[*client.UnreachableError](err); {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case isAway:
		return nil, "no platform answers at " + away.URL, nil
	case answered:
		return nil, fmt.Sprintf("the platform knows no contract of topic %s", topic), nil
	case err != nil:
		return nil, err.Error(), nil
	}
	c, _ := contract.ParseContract(published.ID, []byte(published.Document)) // it was judged when it was published
	if c == nil {
		return nil, fmt.Sprintf("the platform's copy of contract %s cannot be read", published.ID), nil
	}
	return c, "", nil
}

// publishedContract gives a *client.Problem where there is none.
func publishedContract(ctx context.Context, platform *client.Client, port, topic string) (mesh.Contract, error) {
	known, err := platform.Port(ctx, port)
	if err == nil {
		return platform.Contract(ctx, known.ContractID)
	}
	if _, answered := errors.AsType[*client.Problem](err); !answered {
		return mesh.Contract{}, err
	}
	all, failed := platform.Contracts(ctx, nil)
	if failed != nil {
		return mesh.Contract{}, failed
	}
	for _, c := range all {
		if c.Topic == topic {
			return platform.Contract(ctx, c.ID)
		}
	}
	return mesh.Contract{}, err
}

// topicOf is the topic of a port that the platform knows, and else the name itself.
func (s *settings) topicOf(ctx context.Context, name string) (string, error) {
	platform, err := s.client()
	if err != nil {
		return "", err
	}
	port, err := platform.Port(ctx, name)
	if err != nil || port.Topic == "" {
		return name, ctx.Err()
	}
	return port.Topic, nil
}
