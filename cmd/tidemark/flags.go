package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// footer stands below every command's flags but those of config, whose help has what it points to.
const footer = `
How the brokers and the registry are reached (TLS, logins, a schema cache): tidemark config --help`

// withFooter adds the footer to what a command's help says.
func withFooter(usage func(*cobra.Command) error) func(*cobra.Command) error {
	return func(cmd *cobra.Command) error {
		if err := usage(cmd); err != nil || cmd.CommandPath() == "tidemark config" {
			return err
		}
		fmt.Fprintln(cmd.OutOrStderr(), footer)
		return nil
	}
}

// wrongFlag says of a value that a flag cannot take what it can, instead of how the attempt to read it ended.
func wrongFlag(_ *cobra.Command, err error) error {
	wrong, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	f := wrong.GetFlag()
	if takes := possible(f); takes != "" {
		return fmt.Errorf("--%s %s: give %s", f.Name, wrong.GetValue(), takes)
	}
	return fmt.Errorf("--%s %s: %w", f.Name, wrong.GetValue(), wrong.Unwrap())
}

// possible is what a flag takes; "" where its own error says it.
func possible(f *pflag.Flag) string {
	if f.Name == "log-level" {
		return "debug, info, warn or error"
	}
	switch f.Value.Type() {
	case "int", "int32", "int64":
		return "a whole number, such as 3"
	case "uint", "uint64":
		return "a whole number that is not negative, such as 3"
	case "float64":
		return "a number, such as 0.5"
	case "duration":
		return "a duration, such as 30s or 5m"
	case "bool":
		return "true or false"
	}
	return ""
}
