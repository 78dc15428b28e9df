package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

// dashboard is a Grafana dashboard, as far as it is judged.
type dashboard struct {
	UID, Title, Description string
	SchemaVersion           int
	Editable                bool
	Templating              struct {
		List []struct {
			Name, Type, Definition string
			Datasource             source
		}
	}
	Panels []panel
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               source
	GridPos                  struct{ X, Y, W, H int }
	Targets                  []struct {
		RefID, Expr string
		Datasource  source
	}
}

type source struct{ Type, UID string }

func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	found, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(found) == 0 {
		t.Fatalf("no dashboards (%v)", err)
	}
	all := map[string]dashboard{}
	for _, file := range found {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(&d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = d
	}
	return all
}

// A query for a metric that is not there is an empty panel, which reads like a quiet mesh.
func TestPanelsAskForWhatThereIs(t *testing.T) {
	m := scraped(t)
	variable := regexp.MustCompile(`\$\{?(\w+)`)
	for file, d := range dashboards(t) {
		known := []string{"__value"}
		for _, v := range d.Templating.List {
			for _, fault := range m.faults(v.Definition) {
				t.Errorf("%s $%s: %s", file, v.Name, fault)
			}
			known = append(known, v.Name)
		}
		for _, p := range d.Panels {
			where := file + " " + p.Title
			if len(p.Targets) == 0 {
				t.Errorf("%s asks nothing", where)
			}
			for _, target := range p.Targets {
				for _, fault := range m.faults(target.Expr) {
					t.Errorf("%s: %s", where, fault)
				}
				for _, used := range variable.FindAllStringSubmatch(target.Expr, -1) {
					if !slices.Contains(known, used[1]) {
						t.Errorf("%s: there is no variable $%s", where, used[1])
					}
				}
				if n := strings.Count(target.Expr, "tidemark_port_status{"); n > 1 {
					for _, s := range mesh.Statuses() {
						if !strings.Contains(target.Expr, `status="`+string(s)+`"`) {
							t.Errorf("%s shows no port that is %s", where, s)
						}
					}
				}
			}
		}
	}
}

func TestDashboardsAreWhole(t *testing.T) {
	uids := map[string]string{}
	for file, d := range dashboards(t) {
		if d.UID == "" || d.Title == "" || d.SchemaVersion == 0 || uids[d.UID] != "" {
			t.Errorf("%s: uid %q (also of %q), title %q", file, d.UID, uids[d.UID], d.Title)
		}
		uids[d.UID] = file
		if d.Editable {
			t.Errorf("%s lets people edit what the file will overwrite", file)
		}
		ids := map[int]bool{}
		taken := map[[2]int]string{}
		for _, p := range d.Panels {
			if ids[p.ID] || p.Title == "" || p.Description == "" {
				t.Errorf("%s panel %d %q: the id is another's, or title or description is missing", file, p.ID, p.Title)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if x >= 24 || taken[[2]int{x, y}] != "" {
						t.Fatalf("%s: %q lies on %q or beyond the edge", file, p.Title, taken[[2]int{x, y}])
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
			refs := map[string]bool{}
			for _, target := range p.Targets {
				if target.Datasource != p.Datasource || refs[target.RefID] {
					t.Errorf("%s %q: query %s has another source, or another's name", file, p.Title, target.RefID)
				}
				refs[target.RefID] = true
			}
		}
	}
}

// The dashboards name the source by its uid, and the folder that they lie in is the one that is mounted.
func TestDashboardsAreProvisioned(t *testing.T) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool `yaml:"isDefault"`
			Editable                     bool
			JSONData                     map[string]string `yaml:"jsonData"`
		}
	}
	readYAML(t, "grafana/provisioning/datasources/prometheus.yml", &sources)
	if len(sources.Datasources) != 1 {
		t.Fatalf("%d sources", len(sources.Datasources))
	}
	provisioned := source{sources.Datasources[0].Type, sources.Datasources[0].UID}
	var providers struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			DisableDeletion    bool `yaml:"disableDeletion"`
			AllowUIUpdates     bool `yaml:"allowUiUpdates"`
			Options            struct{ Path string }
		}
	}
	readYAML(t, "grafana/provisioning/dashboards/tidemark.yml", &providers)
	grafana := project(t, "", "*").Services["grafana"]
	mounted := false
	for _, v := range grafana.Volumes {
		mounted = mounted || v.Target == providers.Providers[0].Options.Path && filepath.Base(v.Source) == "dashboards"
	}
	if !mounted {
		t.Errorf("%s is not where the dashboards are mounted", providers.Providers[0].Options.Path)
	}
	home := *grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	all := dashboards(t)
	if _, ok := all[filepath.Base(home)]; !ok || filepath.Dir(home) != providers.Providers[0].Options.Path {
		t.Errorf("the first page %s is no dashboard", home)
	}
	for file, d := range all {
		for _, p := range d.Panels {
			if p.Datasource != provisioned {
				t.Errorf("%s %q: source %v, provisioned is %v", file, p.Title, p.Datasource, provisioned)
			}
		}
		for _, v := range d.Templating.List {
			if v.Datasource != provisioned {
				t.Errorf("%s $%s: source %v, provisioned is %v", file, v.Name, v.Datasource, provisioned)
			}
		}
	}
}
