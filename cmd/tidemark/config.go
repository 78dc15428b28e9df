package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settingView is a setting as `config view` shows it.
type settingView struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin origin `json:"origin"`
	Env    string `json:"environment"`
}

func newConfigCommand(s *settings) *cobra.Command {
	view := &cobra.Command{
		Use:   "view",
		Short: "Show every setting, its value and where it came from, without secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.print(cmd, s.view(cmd.Root().PersistentFlags()))
		},
	}
	config := &cobra.Command{
		Use:   "config",
		Short: "See the settings that are in force",
		Long: `A setting is taken from its flag, else from its environment variable, else from the configuration file,
else it has its default. The file is the one of --config or TIDEMARK_CONFIG, else tidemark/config.yaml in the
user's configuration folder:

  platform: http://mesh.example.com
  brokers: [kafka-1:9092, kafka-2:9092]
  registry: http://registry:8081

How clusters are reached, for every command that does:
` + connections(s),
	}
	config.AddCommand(view)
	return config
}

// connections lists the settings of connections, which other commands' help leaves out.
func connections(s *settings) string {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, field := range s.Fields() {
		f.String(field.Name, field.Default, field.Usage)
	}
	f.SortFlags = false
	return strings.TrimRight(f.FlagUsages(), "\n")
}

func (s *settings) view(flags *pflag.FlagSet) listing {
	l := listing{columns: columns("SETTING", "VALUE", "FROM", "ENVIRONMENT*")}
	views := []settingView{}
	flags.VisitAll(func(f *pflag.Flag) {
		if notSettings[f.Name] {
			return
		}
		v := settingView{f.Name, hidden(f.Value.String()), s.origins[f.Name], envName(f.Name)}
		from := string(v.Origin)
		if v.Origin == fromFile {
			from += " " + s.usedFile
		}
		views = append(views, v)
		l.names = append(l.names, v.Name)
		l.rows = append(l.rows, []string{v.Name, orDash(v.Value), from, v.Env})
	})
	l.value = views
	return l
}

// hidden is a setting without the secrets that URLs may carry: passwords, and what stands in a query.
func hidden(value string) string {
	items := strings.Split(value, ",")
	if strings.Contains(value, "://") { // a comma before no URL is part of one, perhaps of its password
		whole := items[:1]
		for _, item := range items[1:] {
			if strings.Contains(item, "://") {
				whole = append(whole, item)
			} else {
				whole[len(whole)-1] += "," + item
			}
		}
		items = whole
	}
	for i, item := range items {
		items[i] = redacted(item)
	}
	return strings.Join(items, ",")
}

func redacted(text string) string {
	u, err := url.Parse(text)
	if err != nil && strings.ContainsAny(text, "@?") {
		return "(hidden: not a URL that can be read)"
	}
	if err != nil || u.User == nil && u.RawQuery == "" {
		return text
	}
	if u.RawQuery != "" {
		u.RawQuery = redactedQuery(u.RawQuery)
	}
	return u.Redacted()
}

// redactedQuery keeps the names of a query's parameters, as they stand. One without a value may be a secret itself.
func redactedQuery(query string) string {
	const mask = "xxxxx" // as net/url has it for passwords
	parts := strings.Split(query, "&")
	for i, part := range parts {
		if name, _, ok := strings.Cut(part, "="); ok {
			parts[i] = name + "=" + mask
		} else {
			parts[i] = mask
		}
	}
	return strings.Join(parts, "&")
}
