package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

func newGetCommand(s *settings) *cobra.Command {
	get := &cobra.Command{
		Use:   "get",
		Short: "List data products, ports, contracts, instances or breaches",
		Long: `List what the platform knows, as a table or, with -o json, as the API's own objects. With a name it
gives that one only.`,
		Example: `  tidemark get data-products --domain orders
  tidemark get ports -o wide
  tidemark get port orders.order-lines.lines.v1 -o json
  tidemark get instances --state lost`,
	}
	get.AddCommand(
		dataProducts().getCommand(s),
		ports().getCommand(s),
		dataContracts().getCommand(s),
		instances().getCommand(s),
		breaches().getCommand(s),
	)
	return get
}

func newDescribeCommand(s *settings) *cobra.Command {
	describe := &cobra.Command{
		Use:   "describe",
		Short: "Show all about one data product, port, contract or instance",
		Example: `  tidemark describe data-product orders.order-lines
  tidemark describe port orders.order-lines.lines.v1`,
	}
	describe.AddCommand(
		dataProducts().describeCommand(s),
		ports().describeCommand(s),
		dataContracts().describeCommand(s),
		instances().describeCommand(s),
	)
	return describe
}

// watchEvery is how often --watch shows a list again.
const watchEvery = 2 * time.Second

// watch shows something again and again until the command is interrupted, which is no failure. On a terminal each
// time replaces the one before.
func (s *settings) watch(cmd *cobra.Command, show func(context.Context) error) error {
	ctx := cmd.Context()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if isTerminal(cmd.OutOrStdout()) {
			cmd.Print("\x1b[H\x1b[2J")
		}
		if err := show(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
