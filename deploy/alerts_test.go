package deploy_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// rules is a file of alert rules, as Prometheus reads it.
type rules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr string
			For         string
			Labels      map[string]string
			Annotations map[string]string
		}
	}
}

// readYAML refuses keys that v has not, as the programs do that the files are for.
func readYAML(t *testing.T, file string, v any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// An alert on a metric that is not there never fires, and nobody notices.
func TestAlertsAskForWhatThereIs(t *testing.T) {
	m := scraped(t)
	var file rules
	readYAML(t, "prometheus/alerts.yml", &file)
	seen := map[string]bool{}
	command := regexp.MustCompile("`tidemark ([a-z]+)")
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" || seen[rule.Alert] {
				t.Errorf("group %s: alert %q has no name, or another's", group.Name, rule.Alert)
			}
			seen[rule.Alert] = true
			for _, fault := range m.faults(rule.Expr) {
				t.Errorf("%s: %s", rule.Alert, fault)
			}
			// A target whose name is gone is no target any more, and what is not scraped is not 0.
			if strings.Contains(rule.Expr, "up{") && !strings.Contains(rule.Expr, "absent(") && !strings.Contains(rule.Expr, "unless") {
				t.Errorf("%s says nothing of a container that is gone", rule.Alert)
			}
			if severity := rule.Labels["severity"]; severity != "page" && severity != "ticket" {
				t.Errorf("%s: severity %q", rule.Alert, severity)
			}
			for _, part := range []string{"summary", "description"} {
				if rule.Annotations[part] == "" {
					t.Errorf("%s has no %s", rule.Alert, part)
				}
				for _, named := range command.FindAllStringSubmatch(rule.Annotations[part], -1) {
					if !slices.Contains([]string{"describe", "dlq", "get", "resume"}, named[1]) {
						t.Errorf("%s: is there a command %q?", rule.Alert, named[1])
					}
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d alerts", len(seen))
	}
}

// scrapes is prometheus.yml, as far as it is used.
type scrapes struct {
	Global        map[string]string
	RuleFiles     []string `yaml:"rule_files"`
	ScrapeConfigs []struct {
		JobName       string                       `yaml:"job_name"`
		HonorLabels   bool                         `yaml:"honor_labels"`
		StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
		DNS           []struct {
			Names           []string
			Type            string
			Port            int
			RefreshInterval string `yaml:"refresh_interval"`
		} `yaml:"dns_sd_configs"`
		Relabel []map[string]any `yaml:"relabel_configs"`
	} `yaml:"scrape_configs"`
}

func TestEveryProcessIsScraped(t *testing.T) {
	var file scrapes
	readYAML(t, "prometheus/prometheus.yml", &file)
	for _, name := range file.RuleFiles {
		if _, err := os.Stat("prometheus/" + name); err != nil {
			t.Error(err)
		}
	}
	services := project(t, "").Services
	named := []string{}
	for _, job := range file.ScrapeConfigs {
		for _, d := range job.DNS {
			named = append(named, d.Names...)
			for _, name := range d.Names {
				if got := services[name].Environment["TIDEMARK_HTTP"]; got == nil || *got != "0.0.0.0:8080" || d.Port != 8080 {
					t.Errorf("%s is scraped at port %d and listens at %v", name, d.Port, got)
				}
			}
		}
		if job.JobName == "platform" && !job.HonorLabels {
			t.Error("the platform's label instance would be lost: it is the mesh's, not the target's")
		}
	}
	if want := domains(t); !slices.Equal(named, want) {
		t.Errorf("scraped are %s, domains are %s", strings.Join(named, " "), strings.Join(want, " "))
	}
}
