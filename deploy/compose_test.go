// Package deploy_test holds the compose file, the alert rules and the dashboards to what the code is: they are read by
// others' programs only, which would complain late, or show an empty panel.
package deploy_test

import (
	"context"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// project reads the compose file as `docker compose` does, with the settings of an environment file.
func project(t *testing.T, envFile string, profiles ...string) *types.Project {
	t.Helper()
	options := []cli.ProjectOptionsFn{cli.WithWorkingDirectory(".."), cli.WithProfiles(profiles)}
	if envFile != "" {
		options = append(options, cli.WithEnvFiles(envFile), cli.WithDotEnv)
	}
	o, err := cli.NewProjectOptions([]string{filepath.Join("..", "docker-compose.yml")}, options...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// domains are those that have contracts of their own.
func domains(t *testing.T) []string {
	t.Helper()
	set, findings := contract.Load(files.FS)
	for _, f := range findings {
		if f.Severity == contract.SeverityError {
			t.Fatal(f)
		}
	}
	found := map[string]bool{}
	for _, p := range set.DataProducts() {
		if domain, _, _ := strings.Cut(p.ID, "."); domain != "platform" {
			found[domain] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// A domain that somebody adds must be started and scraped too.
func TestEveryDomainHasAService(t *testing.T) {
	p := project(t, "")
	for _, domain := range domains(t) {
		s, ok := p.Services[domain]
		switch {
		case !ok:
			t.Errorf("docker-compose.yml has no service %s", domain)
		case !slices.Equal(s.Entrypoint, []string{domain}):
			t.Errorf("service %s starts %v", domain, s.Entrypoint)
		case s.Environment["TIDEMARK_INSTANCE"] == nil || *s.Environment["TIDEMARK_INSTANCE"] != domain:
			t.Errorf("service %s has no stable instance name", domain)
		}
		if _, err := os.Stat(filepath.Join("..", "cmd", domain, "main.go")); err != nil {
			t.Error(err)
		}
	}
}

// Nothing in the file asks who is there, so nothing of it may be reached from elsewhere.
func TestPortsAreOnLoopback(t *testing.T) {
	published := 0
	for name, s := range project(t, "", "*").Services {
		for _, port := range s.Ports {
			published++
			if ip := net.ParseIP(port.HostIP); ip == nil || !ip.IsLoopback() {
				t.Errorf("service %s publishes %s on %q", name, port.Published, port.HostIP)
			}
		}
	}
	if published < 7 {
		t.Errorf("only %d ports are published", published)
	}
}

// What makes a start wait, an end clean and a machine of two cores bearable. What provisions ends by itself.
func TestEveryServiceIsKept(t *testing.T) {
	for name, s := range project(t, "", "*").Services {
		restart, ends := types.RestartPolicyUnlessStopped, name == "provision"
		if ends {
			restart = types.RestartPolicyNo
		}
		if s.Restart != restart {
			t.Errorf("service %s: restart is %q", name, s.Restart)
		}
		if s.MemLimit == 0 {
			t.Errorf("service %s may take all memory", name)
		}
		if s.HealthCheck == nil && !ends {
			t.Errorf("service %s has no health check", name)
		}
		if _, tag, ok := strings.Cut(s.Image, ":"); !ok || tag == "latest" {
			t.Errorf("service %s: image %s has no version", name, s.Image)
		}
		if !slices.Contains(s.CapDrop, "ALL") {
			t.Errorf("service %s keeps capabilities", name)
		}
	}
}

// Kafka first, then the registry that keeps its schemas there, then what both should hold, then the platform that judges, then who is judged.
func TestStartOrder(t *testing.T) {
	p := project(t, "")
	if d := p.Services["platform"].DependsOn["provision"]; d.Condition != types.ServiceConditionCompletedSuccessfully {
		t.Error("platform does not wait until the cluster is provisioned")
	}
	order := map[string]string{"registry": "kafka", "provision": "registry", "traffic": "platform"}
	for _, domain := range domains(t) {
		order[domain] = "platform"
	}
	for later, earlier := range order {
		if d, ok := p.Services[later].DependsOn[earlier]; !ok || d.Condition != types.ServiceConditionHealthy {
			t.Errorf("%s does not wait until %s is healthy", later, earlier)
		}
	}
}

// The profile's three nodes are one quorum, and keep each record three times.
func TestThreeNodes(t *testing.T) {
	if nodes := kafkaNodes(project(t, "")); !slices.Equal(nodes, []string{"kafka"}) {
		t.Errorf("without the profile there are %v", nodes)
	}
	p := project(t, "three.env", "three")
	if p.Name != "tidemark-three" {
		t.Errorf("the project is %s: it would share volumes with the single node", p.Name)
	}
	nodes := kafkaNodes(p)
	if len(nodes) != 3 {
		t.Fatalf("the profile has %v", nodes)
	}
	var voters, brokers []string
	for _, name := range nodes {
		voters = append(voters, *p.Services[name].Environment["KAFKA_NODE_ID"]+"@"+name+":29092")
		brokers = append(brokers, name+":19092")
	}
	for _, name := range nodes {
		for variable, want := range map[string]string{
			"KAFKA_CONTROLLER_QUORUM_VOTERS": strings.Join(voters, ","), "KAFKA_DEFAULT_REPLICATION_FACTOR": "3",
			"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "3", "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "3",
			"KAFKA_MIN_INSYNC_REPLICAS": "2", "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "2",
		} {
			if got := *p.Services[name].Environment[variable]; got != want {
				t.Errorf("%s: %s is %s, want %s", name, variable, got, want)
			}
		}
	}
	if got := *p.Services["orders"].Environment["TIDEMARK_BROKERS"]; got != strings.Join(brokers, ",") {
		t.Errorf("orders is told of the brokers %s", got)
	}
}

func kafkaNodes(p *types.Project) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.Services)), func(name string) bool { return !strings.HasPrefix(name, "kafka") })
}

// A file that is mounted and not there would become an empty folder.
func TestMountedFilesExist(t *testing.T) {
	mounted := 0
	for name, s := range project(t, "", "*").Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			mounted++
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("service %s: %v", name, err)
			}
			if !v.ReadOnly {
				t.Errorf("service %s may write %s", name, v.Source)
			}
		}
	}
	if mounted == 0 {
		t.Error("nothing is mounted")
	}
}
