package main

import (
	"github.com/spf13/cobra"
)

func newCompletionCommand(_ *settings) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a shell's completion script",
		Long: `Print the script that makes a shell complete commands, flags, and the names of data products and ports,
which it asks the platform for.

  bash        source <(tidemark completion bash)
  zsh         tidemark completion zsh > "${fpath[1]}/_tidemark"
  fish        tidemark completion fish > ~/.config/fish/completions/tidemark.fish
  powershell  tidemark completion powershell | Out-String | Invoke-Expression`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			w := cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(w, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(w)
			case "fish":
				return cmd.Root().GenFishCompletion(w, true)
			default:
				return cmd.Root().GenPowerShellCompletionWithDesc(w)
			}
		},
	}
}
