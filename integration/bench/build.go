package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// built is where the contenders are, and why some are not.
type built struct {
	source string            // this module's folder
	dir    string            // programs, kept from run to run
	failed map[string]string // program -> why it cannot run here
}

// build builds the programs that the contenders need. What cannot be built is skipped with its reason.
func build(ctx context.Context, source string, all []Contender) (*built, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("a folder for the contenders: %w", err)
	}
	b := &built{source: source, dir: filepath.Join(cache, "tidemark-bench"), failed: map[string]string{}}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, fmt.Errorf("a folder for the contenders: %w", err)
	}
	if why := b.command(ctx, b.source, "go", "build", "-mod=mod", "-o", b.dir+string(filepath.Separator), "./broker"); why != "" {
		return nil, fmt.Errorf("build the broker: %s", why)
	}
	done := map[string]bool{}
	for _, c := range all {
		if done[c.Program] {
			continue
		}
		done[c.Program] = true
		fmt.Fprintln(os.Stderr, "building", c.Program)
		var why string
		switch c.Program {
		case streams:
			why = b.command(ctx, filepath.Join(b.source, streams), "mvn", "-q", "-B", "-Dout="+filepath.Join(b.dir, streams), "package")
		case python:
			why = b.python(ctx)
		default:
			why = b.command(ctx, b.source, "go", "build", "-mod=mod", "-o", b.dir+string(filepath.Separator), "./contender/"+c.Program)
		}
		if why != "" {
			b.failed[c.Program] = why
		}
	}
	return b, nil
}

// python makes a virtual environment with what requirements.txt asks.
func (b *built) python(ctx context.Context) string {
	venv := filepath.Join(b.dir, python)
	if _, err := os.Stat(filepath.Join(venv, "bin", "python3")); err != nil {
		if why := b.command(ctx, b.source, "python3", "-m", "venv", venv); why != "" {
			return why
		}
	}
	return b.command(ctx, b.source, filepath.Join(venv, "bin", "python3"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"-r", filepath.Join(b.source, python, "requirements.txt"))
}

// command runs a command and gives the last lines of what it said if it failed.
func (b *built) command(ctx context.Context, dir, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(fmt.Sprintf("%s: %v: %s", name, err, strings.Join(lines[max(0, len(lines)-3):], " / ")))
}
