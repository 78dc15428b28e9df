package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tidemark-mesh/tidemark/platform/connect"
)

// Where the platform, the broker and the registry of `tidemark demo` are, unless told otherwise.
const (
	defaultBrokers  = connect.DefaultBrokers
	defaultRegistry = connect.DefaultRegistry
	defaultPlatform = "http://127.0.0.1:8080"
)

// origin says where a setting's value came from; a later one beats an earlier one.
type origin string

const (
	fromDefault origin = "default"
	fromFile    origin = "file"
	fromEnv     origin = "environment"
	fromFlag    origin = "flag"
)

// settings is what all commands share. The fields are complete when a command's RunE begins.
type settings struct {
	connect.Settings        // where the brokers and the registry are
	Platform         string // the platform's URL
	PlatformTokenFile,
	PlatformCAFile string
	Output format // how data is printed

	process  process
	file     string // --config
	origins  map[string]origin
	usedFile string // the file that was read, "" for none
}

func newSettings(p process) *settings { return &settings{process: p, Output: formatTable} }

// flags declares the settings as flags that every command takes.
func (s *settings) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	for _, field := range s.Fields() {
		f.StringVar(field.Value, field.Name, field.Default, field.Usage)
		if field.Value != &s.Brokers && field.Value != &s.Registry {
			_ = f.MarkHidden(field.Name) // every command takes them, and few need them: config's help lists them
		}
	}
	f.StringVar(&s.Platform, "platform", defaultPlatform, "the platform's `URL`")
	f.StringVar(&s.PlatformTokenFile, "platform-token-file", "", "a `file` that holds the platform's token; or the variable "+envName("platform-token"))
	f.StringVar(&s.PlatformCAFile, "platform-ca-file", "", "a PEM `file` with the authorities that vouch for the platform (default: the system's)")
	f.VarP(&s.Output, "output", "o", "how to print: "+strings.Join(formats(), ", "))
	f.StringVar(&s.file, "config", "", "configuration `file` (default: tidemark/config.yaml in the user's configuration folder)")
	f.SortFlags = false
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats(), cobra.ShellCompDirectiveNoFileComp)) // fails only for a flag that does not exist
}

// notSettings are the persistent flags that no file and no variable sets.
var notSettings = map[string]bool{"config": true, "help": true}

// load completes the settings: flag, else environment, else file, else default. Every fault is an error that names
// where the value stands.
func (s *settings) load(flags *pflag.FlagSet) error {
	file, err := s.readFile()
	if err != nil {
		return err
	}
	s.origins = map[string]origin{}
	known := map[string]bool{}
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		if notSettings[f.Name] || failed != nil {
			return
		}
		known[f.Name] = true
		failed = s.resolve(f, file)
	})
	if failed != nil {
		return failed
	}
	return file.unknown(known)
}

func (s *settings) resolve(f *pflag.Flag, file *configFile) error {
	if f.Changed {
		s.origins[f.Name] = fromFlag
		return nil
	}
	variable := envName(f.Name)
	if text, ok := s.process.env(variable); ok && text != "" {
		s.origins[f.Name] = fromEnv
		if err := f.Value.Set(text); err != nil {
			return fmt.Errorf("%s=%s: %w", variable, text, err)
		}
		return nil
	}
	if v, ok := file.values[f.Name]; ok {
		s.origins[f.Name] = fromFile
		if err := f.Value.Set(v.text); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", file.path, v.line, f.Name, err)
		}
		return nil
	}
	s.origins[f.Name] = fromDefault
	return nil
}

func envName(setting string) string { return connect.Env(setting) }

// readFile reads the file of --config, else of TIDEMARK_CONFIG, else the user's own, which need not exist.
func (s *settings) readFile() (*configFile, error) {
	path, must := s.file, true
	if path == "" {
		path, _ = s.process.env(envName("config"))
	}
	if path == "" {
		path, must = s.userFile(), false
	}
	if path == "" {
		return &configFile{}, nil
	}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) && !must {
		return &configFile{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	s.usedFile = path
	return parseConfigFile(path, text)
}

// userFile follows the XDG base directory specification.
func (s *settings) userFile() string {
	if dir, _ := s.process.env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "tidemark", "config.yaml")
	}
	if home, _ := s.process.env("HOME"); home != "" {
		return filepath.Join(home, ".config", "tidemark", "config.yaml")
	}
	return ""
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
