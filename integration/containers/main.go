// Command containers runs another command with Kafka and a Schema Registry for tests, in containers that end with it:
//
//	go run . make -C ../.. integration-suite
//
// There are three clusters: one node, three nodes, and one node that knows its clients. The command finds them by the
// TIDEMARK_TEST_* variables of ../README.md. It is a module of its own, so that Docker's client is in nobody else's
// dependencies.
//
// What testcontainers-go knows it knows here too: DOCKER_HOST, TESTCONTAINERS_RYUK_DISABLED, TESTCONTAINERS_HOST_OVERRIDE.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "containers:", err)
	}
	os.Exit(code)
}

const (
	exitFailed = 1
	exitUsage  = 2
)

// control is the first argument of the command that the tests end and start nodes by.
const control = "control"

func run(ctx context.Context, args []string) (code int, err error) {
	switch {
	case len(args) == 0:
		return exitUsage, errors.New("name a command to run, such as: make -C ../.. integration-suite")
	case args[0] == control:
		if err := steer(ctx, args[1:]); err != nil {
			return exitFailed, err
		}
		return 0, nil
	}
	s := &stand{}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if closed := s.close(ending); closed != nil {
			code, err = max(code, exitFailed), errors.Join(err, closed)
		}
	}()
	if err := s.open(ctx); err != nil {
		return exitFailed, fmt.Errorf("%w\n  next: start Docker, with apache/kafka:4.3.1 and apicurio/apicurio-registry:3.0.9 at hand, or set TIDEMARK_TEST_KAFKA and TIDEMARK_TEST_REGISTRY to a cluster and a registry that are for tests", err)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), s.settings...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	if err := cmd.Run(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return max(exit.ExitCode(), exitFailed), nil
		}
		return exitFailed, err
	}
	return 0, nil
}
