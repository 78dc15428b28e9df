package registrytest

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// Differences say where a registry is known to differ, and how: by the name of a test, which then does not run, such as
// "api/mode"; or by that and a request, without the prefix of the suite's subjects, whose answer then does not matter, such as
// "api/errors GET /subjects/errors/versions/nonsense".
type Differences map[string]string

// Run runs the suite. The registry may hold other subjects: those of the suite have a name of their own in front, and are
// deleted at its end.
func Run(t *testing.T, cfg registry.Config, known Differences) {
	t.Helper()
	c, err := registry.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := &suite{client: c, cfg: cfg, url: strings.TrimRight(cfg.URLs[0], "/"), prefix: "registrytest-" + strings.ToLower(rand.Text()[:8]) + "-", known: known}
	for _, test := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"client/register", register},
		{"client/levels", levels},
		{"client/references", references},
		{"client/deletion", deletion},
		{"api/levels", apiLevels},
		{"api/errors", apiErrors},
		{"api/lookup", apiLookup},
		{"api/compatibility", apiCompatibility},
		{"api/config", apiConfig},
		{"api/references", apiReferences},
		{"api/deletion", apiDeletion},
		{"api/normalize", apiNormalize},
		{"api/mode", apiMode},
		{"api/metadata", apiMetadata},
		{"api/media types", apiMediaTypes},
	} {
		t.Run(test.name, func(t *testing.T) {
			if why := known[test.name]; why != "" {
				t.Skip("known to differ: " + why)
			}
			s.test = test.name
			test.run(t, s)
		})
	}
	s.cleanUp(t)
}

// suite is what the tests share.
type suite struct {
	client *registry.Client
	cfg    registry.Config
	url    string
	prefix string
	known  Differences
	test   string // that runs
}

// differs says that a registry is known not to answer a request as it should.
func (s *suite) differs(t *testing.T, method, path string) bool {
	t.Helper()
	why := s.known[s.test+" "+method+" "+strings.ReplaceAll(path, s.prefix, "")]
	if why != "" {
		t.Logf("%s %s: known to differ: %s", method, path, why)
	}
	return why != ""
}

// subject is a name that nobody else uses. Names with a space or a slash must survive too.
func (s *suite) subject(name string) string { return s.prefix + name }

func (s *suite) cleanUp(t *testing.T) {
	t.Helper()
	for range 4 { // what is referred to goes after what refers to it
		all, err := s.client.Subjects(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, name := range all {
			if strings.HasPrefix(name, s.prefix) && s.client.DeleteSubject(t.Context(), name) != nil {
				left = append(left, name)
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Log("some subjects could not be deleted")
}

func parse(t *testing.T, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// record is a schema of a record R with these fields.
func record(fields ...string) string {
	return `{"type":"record","name":"R","fields":[` + strings.Join(fields, ",") + `]}`
}

const (
	fieldA  = `{"name":"a","type":"string"}`
	fieldB  = `{"name":"b","type":"string"}`
	optionB = `{"name":"b","type":"string","default":""}`
	fieldC  = `{"name":"c","type":"string"}`
	optionC = `{"name":"c","type":"string","default":""}`

	country = `{"type":"record","name":"Country","namespace":"geo","fields":[{"name":"code","type":"string"}]}`
	address = `{"type":"record","name":"Address","namespace":"geo","fields":[{"name":"country","type":"geo.Country"}]}`
	order   = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"geo.Address"}]}`
)
