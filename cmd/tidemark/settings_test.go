package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func configFileOf(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSettingsInTheirOrder(t *testing.T) {
	file := configFileOf(t, "platform: http://file\nbrokers: [file-1:9092, file-2:9092]\noutput: name\nregistry: http://file:8081\n")
	e := env{"TIDEMARK_PLATFORM": "http://environment", "TIDEMARK_REGISTRY": "http://environment", "TIDEMARK_BROKERS": ""}
	r := tidemark(t, e, "config", "view", "--config", file, "--platform", "http://flag", "-o", "table")
	if r.code != exitDone {
		t.Fatalf("got %d %s", r.code, r.err)
	}
	for _, want := range [][]string{
		{"platform", "http://flag", "flag"},
		{"registry", "http://environment", "environment"},
		{"brokers", "file-1:9092,file-2:9092", "file", file},
		{"registry-username", "-", "default"},
		{"output", "table", "flag"},
	} {
		if !hasLine(r.out, want) {
			t.Errorf("no line %q in\n%s", want, r.out)
		}
	}
}

func hasLine(text string, words []string) bool {
	for line := range strings.Lines(text) {
		if strings.Join(strings.Fields(line), " ") == strings.Join(words, " ") {
			return true
		}
	}
	return false
}

func TestSettingsFile(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"unknown key", "platform: http://x\nplatfrom: http://y\n", `:2: unknown setting "platfrom"; did you mean platform?`},
		{"flag that is no setting", "config: x\n", `:1: unknown setting "config"`},
		{"twice", "platform: http://x\nplatform: http://y\n", ":2: platform stands on line 1 already"},
		{"second document", "platform: http://x\n---\nplatform: http://y\n", "second YAML document"},
		{"not a mapping", "- x\n", ":1: is not a mapping"},
		{"nested", "platform:\n  url: x\n", "neither a text nor a list"},
		{"nested list", "brokers: [[x]]\n", "something else than a list of texts"},
		{"wrong value", "output: xml\n", ":1: output: unknown output format"},
		{"not YAML", "platform: [\n", "config.yaml"},
		{"huge", "# " + strings.Repeat("x", maxConfigFile), "larger than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := configFileOf(t, c.text)
			r := tidemark(t, nil, "config", "view", "--config", file)
			if r.code != exitUsage || !strings.Contains(r.err, c.says) || !strings.Contains(r.err, file) {
				t.Errorf("got %d %s", r.code, r.err)
			}
		})
	}
	if r := tidemark(t, nil, "config", "view", "--config", configFileOf(t, "# nothing\n")); r.code != exitDone {
		t.Errorf("an empty file: got %d %s", r.code, r.err)
	}
}

func TestSettingsFileThatIsNotThere(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none.yaml")
	if r := tidemark(t, nil, "version", "--config", nowhere); r.code != exitUsage || !strings.Contains(r.err, nowhere) {
		t.Errorf("one that was named: got %d %s", r.code, r.err)
	}
	if r := tidemark(t, env{"TIDEMARK_CONFIG": nowhere}, "version"); r.code != exitUsage {
		t.Errorf("one that the environment names: got %d %s", r.code, r.err)
	}
	if r := tidemark(t, env{"HOME": t.TempDir()}, "version"); r.code != exitDone {
		t.Errorf("the user's own: got %d %s", r.code, r.err)
	}
}

func TestSettingsFileOfTheUser(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".config", "tidemark")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte("platform: http://home\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range []env{{"HOME": home}, {"XDG_CONFIG_HOME": filepath.Join(home, ".config")}} {
		if r := tidemark(t, e, "config", "view"); !strings.Contains(r.out, "http://home") {
			t.Errorf("%v: got %s%s", e, r.out, r.err)
		}
	}
}

func TestConfigViewHidesSecrets(t *testing.T) {
	const secret = "canary-7a1b"
	e := env{
		"TIDEMARK_REGISTRY": "http://user:" + secret + "@one:8081,http://two:8081,http://user:" + secret + "@%zz," +
			"http://three/?a=x," + secret + "&b=" + secret + ",http://u:pass," + secret + "@four,http://five/%zz?" + secret,
		"TIDEMARK_PLATFORM": "http://user:" + secret + "@host/path?" + secret + "&key=" + secret,
	}
	for _, format := range []string{"table", "wide", "json", "yaml"} {
		r := tidemark(t, e, "config", "view", "-o", format)
		if r.code != exitDone || strings.Contains(r.out+r.err, secret) || !strings.Contains(r.out, "http://two:8081") || !strings.Contains(r.out, "@host/path?xxxxx") {
			t.Errorf("%s: got %d %s%s", format, r.code, r.out, r.err)
		}
	}
}

func TestWrongEnvironment(t *testing.T) {
	r := tidemark(t, env{"TIDEMARK_OUTPUT": "xml"}, "version")
	if r.code != exitUsage || !strings.Contains(r.err, "TIDEMARK_OUTPUT=xml") {
		t.Errorf("got %d %s", r.code, r.err)
	}
}
