//go:build integration

package integration

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/kafka/kafkatest"
)

// controlVariable names the command that ends and starts the three nodes. README.md has a table of all.
const controlVariable = "TIDEMARK_TEST_KAFKA_CONTROL"

// needs gives variables' values. On a build machine a test that does not find what it needs fails; elsewhere it is skipped.
func needs(t *testing.T, what string, variables ...string) []string {
	t.Helper()
	values := make([]string, len(variables))
	for i, name := range variables {
		if values[i] = os.Getenv(name); values[i] != "" {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("this needs %s: set %s, or leave all TIDEMARK_TEST_* out and run make integration with Docker", what, strings.Join(variables, ", "))
		}
		t.Skipf("this needs %s: %s is not set", what, name) // at a developer's desk only: in CI it fails above
	}
	return values
}

// reach is how one of kafkatest's clusters is reached.
func reach(t *testing.T, what, name string) kafka.Config {
	t.Helper()
	needs(t, what, kafkatest.Variables(name)...)
	cfg, err := kafkatest.Configured(name)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// nodes ends and starts brokers by somebody else's command.
type nodes struct {
	t       *testing.T
	command []string
}

// do calls the command: kill 2, start 2. That a start takes longer than the command waits is only noted: who calls looks
// whether the node comes.
func (n nodes) do(ctx context.Context, verb string, node int) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	args := append(n.command[1:len(n.command):len(n.command)], verb, strconv.Itoa(node))
	cmd := exec.CommandContext(ctx, n.command[0], args...)
	cmd.WaitDelay = time.Second // a broker that it started may keep its output open
	if out, err := cmd.CombinedOutput(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		n.t.Logf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}
