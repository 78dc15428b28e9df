//go:build integration

package kafkatest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// patience is generous, since the brokers may share two cores with everything else.
const patience = time.Minute

// Start gives the real cluster that On names, with nothing on it, to this test alone.
func Start(t testing.TB) Cluster {
	t.Helper()
	cluster := os.Getenv(On)
	if cluster == "" {
		cluster = One
	}
	cfg, err := Configured(cluster)
	if err != nil {
		t.Fatal(err)
	}
	return Claim(t, cfg)
}

// Claim gives a real cluster to this test alone, and empties it before and after. A cluster that has topics and is not
// known to be for tests fails the test. It waits as long as another test has the cluster.
func Claim(t testing.TB, cfg kafka.Config) Cluster {
	t.Helper()
	alone(t, cfg)
	admin, err := kafka.NewAdmin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	empty := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
		defer cancel()
		return wipe(ctx, admin)
	}
	if err := empty(); err != nil {
		t.Fatalf("%s: %v", strings.Join(cfg.Brokers, ","), err)
	}
	t.Cleanup(func() {
		if err := empty(); err != nil {
			t.Errorf("%s: %v", strings.Join(cfg.Brokers, ","), err)
		}
	})
	return Cluster{Config: cfg, Real: true, Patience: patience}
}

// alone takes a lock that all tests' processes on this machine respect.
func alone(t testing.TB, cfg kafka.Config) {
	t.Helper()
	name := fmt.Sprintf("tidemark-test-%x.lock", sha256.Sum256([]byte(strings.Join(cfg.Brokers, ","))))
	f, err := os.OpenFile(filepath.Join(os.TempDir(), name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // which lets go of it
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return
		}
		if !errors.Is(err, syscall.EINTR) {
			t.Fatal(err)
		}
	}
}

// wipe deletes every topic and group of a cluster that is for tests, and marks one that is empty as such.
func wipe(ctx context.Context, admin *kafka.Admin) error {
	all, err := admin.Topics(ctx)
	if err != nil {
		return err
	}
	topics, err := Topics(ctx, admin)
	if err != nil {
		return err
	}
	switch {
	case slices.Contains(all, Marker):
	case len(topics) > 0:
		return fmt.Errorf("the cluster has topics that no test made, such as %s; tests delete all that is on a cluster, so name one that is empty, or create the topic %s there to say that this is for tests", topics[0], Marker)
	default:
		if err := admin.EnsureTopics(ctx, kafka.Topic{Name: Marker}); err != nil {
			return err
		}
	}
	if err := admin.DeleteTopics(ctx, topics...); err != nil {
		return err
	}
	// A group whose members were killed has them until their sessions end, and a deletion is seen by all brokers a moment
	// after it was acknowledged.
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := gone(ctx, admin, topics)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

func gone(ctx context.Context, admin *kafka.Admin, topics []string) error {
	groups, err := admin.Groups(ctx)
	if err != nil {
		return err
	}
	if err := admin.DeleteGroups(ctx, groups...); err != nil {
		return err
	}
	left, err := admin.Topics(ctx)
	if err != nil {
		return err
	}
	for _, name := range topics {
		if slices.Contains(left, name) {
			return fmt.Errorf("topic %s is still there", name)
		}
	}
	return nil
}
