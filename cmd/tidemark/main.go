// Command tidemark is the mesh's one tool: it starts a whole mesh to try (demo), serves the platform (serve), runs
// data products from their YAML (run), and asks a running platform what it knows (get, describe, search).
//
// Data goes to stdout and everything else to stderr. It exits with 0 when done, 1 when something failed, 2 when it
// was used wrongly, and 100 when it worked and found something that should not be (a breach, a violation).
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], process{out: os.Stdout, err: os.Stderr, env: os.LookupEnv}))
}
