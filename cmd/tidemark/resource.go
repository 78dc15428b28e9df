package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/portal/client"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
)

// resource is a kind of thing that the platform knows: how it is listed, fetched and shown. It is one value for each
// kind, so that get, describe and completion treat all kinds alike.
type resource[T any] struct {
	name, plural string   // data-product, data-products
	aliases      []string // of both commands
	filters      []filterFlag
	list         func(*client.Client, context.Context, client.Filter) ([]T, error)
	fetch        func(*client.Client, context.Context, string) (T, error)
	id           func(T) string
	columns      []column
	none         string // said of an empty list; "" for how to come by some
	row          func(T, time.Time) []string
	describe     func(*sheet, T, related) // nil: there is nothing to describe
}

// filterFlag is a flag that becomes a query parameter.
type filterFlag struct {
	flag, parameter, usage string
}

func byDomain() filterFlag { return filterFlag{"domain", "domain", "only those of this `domain`"} }
func byOwner() filterFlag  { return filterFlag{"owner", "owner", "only those of this `owner`"} }
func byState() filterFlag {
	return filterFlag{"state", "state", "only those in this `state`, such as running or lost"}
}
func byStatus() filterFlag {
	return filterFlag{"status", "status", "only those of this `status`, such as healthy or breached"}
}
func byDataProduct() filterFlag {
	return filterFlag{"data-product", "data_product", "only those of this `data product`"}
}

// listing puts things in a table.
func (r resource[T]) listing(things []T, now time.Time) listing {
	none := cmp.Or(r.none, "No "+words(r.plural)+" here. \"tidemark demo\" starts a mesh that has some; without filters more may show.")
	l := listing{value: things, columns: r.columns, empty: none}
	for _, t := range things {
		l.names = append(l.names, r.id(t))
		l.rows = append(l.rows, r.row(t, now))
	}
	return l
}

// getCommand is `tidemark get <plural> [NAME...]`.
func (r resource[T]) getCommand(s *settings) *cobra.Command {
	values := make([]string, len(r.filters))
	var watch bool
	cmd := &cobra.Command{
		Use:               r.plural + " [NAME...]",
		Aliases:           append([]string{r.name}, r.aliases...),
		Short:             "List " + words(r.plural),
		ValidArgsFunction: r.complete(s),
	}
	for i, f := range r.filters {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.usage)
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "show it again every two seconds until interrupted")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := s.client()
		if err != nil {
			return err
		}
		filter := client.Filter{}
		for i, f := range r.filters {
			filter[f.parameter] = values[i]
		}
		show := func(ctx context.Context) error { return r.show(ctx, s, cmd, c, filter, args) }
		if watch {
			return s.watch(cmd, show)
		}
		return show(cmd.Context())
	}
	return cmd
}

func (r resource[T]) show(ctx context.Context, s *settings, cmd *cobra.Command, c *client.Client, filter client.Filter, names []string) error {
	if len(names) == 0 {
		things, err := r.list(c, ctx, filter)
		if err != nil {
			return s.hint(err, "tidemark get "+r.plural)
		}
		return s.print(cmd, r.listing(things, s.process.now()))
	}
	things := make([]T, 0, len(names))
	for _, name := range names {
		thing, err := r.fetch(c, ctx, name)
		if err != nil {
			return s.hint(err, "tidemark get "+r.plural)
		}
		things = append(things, thing)
	}
	l := r.listing(things, s.process.now())
	if len(names) == 1 {
		l.value = things[0] // one name asks for one object
	}
	return s.print(cmd, l)
}

// describeCommand is `tidemark describe <name> NAME`.
func (r resource[T]) describeCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:               r.name + " NAME",
		Aliases:           append([]string{r.plural}, r.aliases...),
		Short:             "Show all about " + article(words(r.name)),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: r.complete(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := s.client()
			if err != nil {
				return err
			}
			thing, err := r.fetch(c, cmd.Context(), args[0])
			if err != nil {
				return s.hint(err, "tidemark get "+r.plural)
			}
			l := listing{value: thing, names: []string{r.id(thing)}}
			if s.Output == formatTable || s.Output == formatWide {
				d := &sheet{now: s.process.now(), wide: s.Output == formatWide}
				r.describe(d, thing, related{cmd.Context(), c})
				if d.err != nil {
					return s.hint(d.err, "tidemark get "+r.plural)
				}
				l.text = d.String()
			}
			return s.print(cmd, l)
		},
	}
}

// complete asks the platform for names; without one there is nothing to offer.
func (r resource[T]) complete(s *settings) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if strings.HasPrefix(cmd.Use, r.name+" ") && len(args) > 0 { // describe takes one
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return r.names(cmd, s, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
}

func (r resource[T]) names(cmd *cobra.Command, s *settings, taken []string, begun string) []string {
	if s.load(cmd.Root().PersistentFlags()) != nil {
		return nil
	}
	c, err := s.client()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTimeout)
	defer cancel()
	things, err := r.list(c, ctx, nil)
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range things {
		if id := r.id(t); strings.HasPrefix(id, begun) && !slices.Contains(taken, id) {
			names = append(names, id)
		}
	}
	return names
}

// completionTimeout bounds what a press of the tab key waits for.
const completionTimeout = 2 * time.Second

// article puts a or an before a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// words turns an option's name into a phrase.
func words(name string) string { return strings.ReplaceAll(name, "-", " ") }

func number(n int64) string { return human.Count(n) }
