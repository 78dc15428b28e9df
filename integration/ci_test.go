package integration

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What .ci/real starts it takes down, also when it is told to end while its command runs, and the command's children with it.
func TestClustersForCIAreTakenDown(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash, which .ci/real is written in")
	}
	root := t.TempDir()
	script, err := os.ReadFile("../.ci/real")
	if err != nil {
		t.Fatal(err)
	}
	calls := filepath.Join(root, "calls")
	tool := "#!/bin/sh\necho \"$(basename \"$0\") $*\" >> " + calls + "\n"
	for name, text := range map[string]string{
		"main/.ci/real":       string(script),
		"shared/bin/kafka":    tool + "[ \"$1\" = down ] || echo export KAFKA_BROKERS=127.0.0.1:1 KAFKA_CA=c KAFKA_USER=u KAFKA_PASSWORD=p KAFKA_SASL=s\n",
		"shared/bin/registry": tool + "[ \"$1\" = down ] && exit 1\nmkdir -p \"$TMPDIR/tidemark-registry\"\necho $PPID > \"$TMPDIR/tidemark-registry/pid\"\necho export SCHEMA_REGISTRY_URL=http://127.0.0.1:1\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil { //nolint:gosec // they are programs
			t.Fatal(err)
		}
	}
	// The command has a child of its own, which says when it is up and never ends.
	cmd := exec.Command(filepath.Join(root, "main/.ci/real"), "sh", "-c", "sh -c 'echo $$; exec sleep 1000'; true")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + root}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	child, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it says that it was told to end
	said, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"registry down", "kafka down --name plain", "kafka down --name three", "kafka down --name secure"} {
		if !strings.Contains(string(said), call) {
			t.Errorf("it did not call %s, only:\n%s", call, said)
		}
	}
	if left, err := filepath.Glob(filepath.Join(root, "tidemark-ci.*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	eventually(t, ctx, func(context.Context) error {
		if _, err := os.Stat(filepath.Join("/proc", strings.TrimSpace(child), "cwd")); err == nil {
			return errors.New("the command's child goes on")
		}
		return nil
	})
}
