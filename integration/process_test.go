//go:build integration

package integration

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// build makes the binaries, as `make build` does, and gives their folder. TIDEMARK_TEST_BIN names one that has them.
func build(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("TIDEMARK_TEST_BIN"); dir != "" {
		return dir
	}
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir+string(filepath.Separator), "../cmd/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

// process is one of the binaries at work.
type process struct {
	name string
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closed at its end, when exit and log are complete
	exit error

	mu    sync.Mutex
	log   []string
	url   string // where it answers over HTTP
	known chan struct{}
}

// Where binaries say that they answer over HTTP.
const (
	saysURL      = "url="                     // a domain's
	saysPlatform = "the platform answers at " // the platform
)

// start runs a binary with settings, which are environment variables, and with nothing else of this environment.
func start(t *testing.T, name, binary string, settings []string, args ...string) *process {
	t.Helper()
	p := &process{name: name, t: t, done: make(chan struct{}), known: make(chan struct{})}
	p.cmd = exec.Command(binary, args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, settings...)
	out, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.note(lines.Text())
		}
		_, _ = io.Copy(io.Discard, out) // a line that is too long for the scanner must not stop the process
		p.exit = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("the last that %s said:\n%s", p.name, p.last(25))
		}
	})
	return p
}

func (p *process) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, line)
	if p.url != "" {
		return
	}
	for _, says := range []string{saysURL, saysPlatform} {
		if _, rest, ok := strings.Cut(line, says+"http"); ok {
			p.url, _, _ = strings.Cut("http"+rest, " ")
			close(p.known)
		}
	}
}

// last gives the last lines of its log.
func (p *process) last(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log[max(0, len(p.log)-n):], "\n")
}

// gaveUp gives an error when the process has ended.
func (p *process) gaveUp() error {
	select {
	case <-p.done:
		return &endedError{p.name, p.exit}
	default:
		return nil
	}
}

// ready gives nil when the process answers that it does its work.
func (p *process) ready(ctx context.Context) error {
	select {
	case <-p.known:
	case <-p.done:
		return &endedError{p.name, p.exit}
	case <-ctx.Done():
		return fmt.Errorf("%s does not say where it answers", p.name)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz?verbose", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		return fmt.Errorf("%s is not ready: %s", p.name, text)
	}
	return nil
}

// signal sends it a signal.
func (p *process) signal(s syscall.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Errorf("%s: %v", p.name, err)
	}
}

// kill ends it as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// stop ends it as a service manager does, and gives an error when it does not end well, or not in time.
func (p *process) stop(ctx context.Context) error {
	if err := p.gaveUp(); err != nil {
		return err
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		if p.exit != nil {
			return fmt.Errorf("%s ended with %w when it was told to end", p.name, p.exit)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s does not end", p.name)
	}
}
