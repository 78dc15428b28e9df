package archtest

// layers orders the platform's packages; a package covers what is below it in the tree. Lower never imports
// higher; packages of one layer may import each other, as far as Go and strangers let them.
var layers = [][]string{
	{"event", "fault", "telemetry", "security", "goldentest", "archtest"},
	{"avro", "contract", "lifecycle", "freshness", "quality", "mask", "finding", "check"},
	{"kafka", "registry", "connect", "bus", "scan"},
	{"dataproduct", "mesh", "format", "provision", "policy", "access", "lineage", "deadletter", "tail", "scaffold", "explain"},
	{"portal", "local"},
}

// strangers are packages of one layer that must not know each other: they meet on topics.
var strangers = [][2]string{
	{"dataproduct", "mesh"},
}

// domainMay lists what a domain's code may import of ours, beside its own packages; its tests may also import
// domainTestsMay.
var (
	domainMay      = []string{"contracts", "platform/dataproduct", "platform/event", "platform/fault"}
	domainTestsMay = []string{"platform/dataproduct/dataproducttest"}
)

// impure are standard packages that a domain's code has no business with: a transform is a function of its
// input, so that it can be replayed.
var impure = []string{"os", "net", "log", "math/rand", "crypto/rand", "database/sql", "syscall", "unsafe"}

// An owner says which of our packages may import a library.
type owner struct {
	library string   // import path, with everything below it
	may     []string // our packages, with everything below them
	tests   bool     // test files and test support may import it too
	why     string
}

var owners = []owner{
	{"github.com/twmb/franz-go/pkg/kfake", []string{"platform/local", "integration"}, true,
		"the embedded broker belongs to the demo and to tests; ask platform/local for one"},
	{"github.com/twmb/franz-go/pkg/kmsg", []string{"platform/kafka", "platform/local", "integration"}, true,
		"requests are platform/kafka's to make; the embedded broker alone also answers them"},
	{"github.com/twmb/franz-go", []string{"platform/kafka", "integration"}, true,
		"platform/kafka is the only door to Kafka; use its types, or add there what is missing"},
	{"github.com/hamba/avro", []string{"platform/avro"}, false,
		"it is unsafe on hostile bytes; platform/avro only lets it see what the walker accepted"},
	{"cel.dev/cel-go", []string{"platform/contract/cel"}, false,
		"expressions are contracts' rules; platform/contract/cel bounds them and hides what they saw"},
	{"github.com/axiomhq/hyperloglog", []string{"platform/quality"}, false,
		"platform/quality counts, and says what a count of it is worth"},
	{"github.com/riferrei/srclient", []string{"platform/registry"}, false,
		"it has no deadlines and no single flight; platform/registry adds them"},
	{"github.com/ThreeDotsLabs/watermill", []string{"platform/bus", "platform/mesh", "platform/local", "cmd"}, true,
		"only the control plane speaks in messages; data goes through platform/dataproduct"},
	{"github.com/open-policy-agent/opa", []string{"platform/policy"}, false,
		"policies run in the platform only; ask platform/policy"},
	{"github.com/danielgtaylor/huma", []string{"platform/portal"}, false,
		"platform/portal holds the HTTP API"},
	{"github.com/a-h/templ", []string{"platform/portal"}, false,
		"platform/portal holds the pages"},
	{"github.com/spf13/cobra", []string{"cmd", "platform/dataproduct"}, false,
		"flags belong to binaries; take a struct of options"},
	{"testing", nil, true,
		"it would register test flags in users' binaries; put it in a _test.go file or in a package named ...test"},
	{"github.com/stretchr/testify", nil, true,
		"it is for tests; put it in a _test.go file or in a package named ...test"},
	{"go.uber.org/goleak", nil, true,
		"it is for tests; put it in a _test.go file or in a package named ...test"},
}

// platformBinary is the platform's own binary, which may hold anything.
const platformBinary = "cmd/tidemark"

// neverIn keeps a library out of every other binary that imports something below a folder, however it would get
// there.
var neverIn = []struct{ binary, library, why string }{
	{"domains", "github.com/open-policy-agent/opa",
		"a domain's binary must stay small: the platform judges, a domain only reads the verdict"},
}

// maxLines is how long a file may be before it owes a reason.
const maxLines = 500

// longMark begins the comment that gives the reason.
const longMark = "// Long: "

// An Exception lets one file break one rule. One that nothing needs any more is a violation itself.
type Exception struct {
	Rule, File string
	Why        string
}

// exceptions are the project's own.
var exceptions = []Exception{
	{"exit", "platform/dataproduct/main.go", "Main is the whole main function of every domain's binary"},
}
