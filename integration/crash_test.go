//go:build !integration

package integration

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/local"
)

// dataVariable makes the test binary a demo on that folder, to be killed.
const dataVariable = "TIDEMARK_TEST_DEMO_DATA"

func TestMain(m *testing.M) {
	if data := os.Getenv(dataVariable); data != "" {
		if err := runUntilKilled(data); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runUntilKilled(data string) error {
	o := shop()
	o.Data, o.Bad, o.Speed = data, 0.02, 100
	m, err := local.Start(context.Background(), o)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return m.Run(context.Background())
}

// TestKill9 kills a demo with a data folder at random moments, again and again, and then judges by the coordinates of
// the input records: none of them lost, none twice. TIDEMARK_KILLS and TIDEMARK_SEED say how often, and when.
func TestKill9(t *testing.T) {
	kills, seed := number(t, "TIDEMARK_KILLS", 6), number(t, "TIDEMARK_SEED", 1)
	random := rand.New(rand.NewPCG(uint64(seed), 9))
	data := t.TempDir()
	for n := range kills {
		// Some die while they start, most while they publish.
		after := time.Duration(random.Int64N(int64(2500 * time.Millisecond)))
		killAfter(t, data, n%4 != 0, after)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	o := shop()
	o.Data = data
	m, err := local.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	s, err := m.Once(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Differences {
		t.Error(d)
	}
	at := m.Addresses()
	judge(t, ctx, open(t, kafka.Config{Brokers: []string{at.Brokers}}, at.Registry))
}

// killAfter runs a demo and kills it some time after it was started, or after it was ready.
func killAfter(t *testing.T, data string, ready bool, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // one that hangs dies too, and fails the test
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), dataVariable+"="+data)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if ready {
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			_ = cmd.Process.Kill()
			t.Fatalf("the demo said %q (%v), not that it is ready", line, err)
		}
	}
	timer := time.NewTimer(after)
	<-timer.C
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
}
