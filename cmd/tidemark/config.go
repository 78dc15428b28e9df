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
		v := settingView{f.Name, withoutSecrets(f.Value), s.origins[f.Name], envName(f.Name)}
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

// withoutSecrets hides the passwords that URLs may carry.
func withoutSecrets(v pflag.Value) string {
	items := strings.Split(v.String(), ",")
	for i, item := range items {
		items[i] = redacted(item)
	}
	return strings.Join(items, ",")
}

func redacted(text string) string {
	u, err := url.Parse(text)
	if err != nil && strings.Contains(text, "@") {
		return "(hidden: not a URL that can be read)"
	}
	if err != nil || u.User == nil {
		return text
	}
	return u.Redacted()
}
