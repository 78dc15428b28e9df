package openlineage

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	Running   Outcome = ""         // it did not
	Completed Outcome = "COMPLETE" // it was stopped
	Failed    Outcome = "FAIL"     // it failed
	Aborted   Outcome = "ABORT"    // it went silent
)

// Run is what is known of one instance that hosts the data product.
type Run struct {
	Instance    string
	Incarnation string // the random id of its process
	Version     string // the binary's, "" where it is not known
	Started     time.Time
	Seen        time.Time // when it was last heard of; not before Started, zero for no RUNNING event
	Ended       time.Time // zero while it runs
	Outcome     Outcome
	Cause       string               // of Failed and Aborted, one sentence without field values
	Records     map[string]int64     // records emitted so far, by the output port's contract id
	Assertions  map[string]Assertion // what was found of the data, by contract id; see Assertion
}

// Assertion is what was found of the data of one port. OpenLineage knows assertions about inputs only: those about
// an output are told in a run of their own, of the job <data product>.<port>.checks, which reads the port and writes nothing.
type Assertion []Check

// Check is one rule and what came of it.
type Check struct {
	Rule        string // the rule's id, such as id.duplicateValues
	Metric      string // such as duplicateValues, or required
	Column      string // the field's path, "" for the whole record
	Severity    string // error or warning
	Holds       bool
	Expected    string
	Actual      string
	Description string
}

// Runs are the run events of instances, in the order of runs: START with its inputs and outputs, RUNNING when it was seen
// later, and its end. They carry the same datasets, since some readers draw the lineage of any one of them.
func Runs(p *contract.DataProduct, set *contract.Set, o Options, runs ...Run) ([]Event, []contract.Finding) {
	e := newExporter(p, set, o)
	var events []Event
	for _, r := range runs {
		events = append(events, e.run(r, "START", r.Started))
		if r.Seen.After(r.Started) {
			events = append(events, e.run(r, "RUNNING", r.Seen))
		}
		if r.Outcome != Running {
			events = append(events, e.run(r, string(r.Outcome), r.Ended))
		}
		for _, port := range e.outputs {
			if checks := r.Assertions[port.contract.ID]; len(checks) > 0 {
				events = append(events, e.checks(r, port, checks)...)
			}
		}
	}
	return events, contract.SortFindings(e.findings)
}

func (e *exporter) run(r Run, kind string, at time.Time) Event {
	run := &RunID{ID: runID(e.options.JobNamespace, e.product.ID, r.Instance, r.Incarnation)}
	engine := Facet{"name": "Tidemark", "version": r.Version}
	if r.Version == "" {
		engine["version"] = "unknown"
	}
	e.add(&run.Facets, "processing_engine", "1-1-1", "ProcessingEngineRunFacet", engine)
	e.add(&run.Facets, "tags", "1-0-0", "TagsRunFacet", Facet{"tags": []any{map[string]any{"key": "instance", "value": r.Instance, "source": "INTEGRATION"}}})
	if (kind == string(Failed) || kind == string(Aborted)) && r.Cause != "" {
		e.add(&run.Facets, "errorMessage", "1-0-1", "ErrorMessageRunFacet", Facet{"message": r.Cause, "programmingLanguage": "GO"})
	}
	inputs, outputs := e.named(e.inputs), e.described()
	if kind != "START" {
		e.counted(r, inputs, outputs)
	}
	return Event{
		EventType: kind, EventTime: at.UTC(), Run: run, Job: e.job(), Inputs: inputs, Outputs: outputs,
		Producer: e.options.Producer, SchemaURL: core + "RunEvent",
	}
}

// counted adds what the run found out. The datasets are in the order of the ports.
func (e *exporter) counted(r Run, inputs, outputs []*Dataset) {
	for i, p := range e.inputs {
		if checks := r.Assertions[p.contract.ID]; len(checks) > 0 {
			e.assertions(inputs[i], checks)
		}
	}
	for i, p := range e.outputs {
		if n, ok := r.Records[p.contract.ID]; ok {
			e.add(&outputs[i].OutputFacets, "outputStatistics", "1-0-2", "OutputStatisticsOutputDatasetFacet", Facet{"rowCount": n})
		}
	}
}

func (e *exporter) assertions(d *Dataset, checks []Check) {
	list := []any{}
	for _, c := range checks {
		a := map[string]any{"assertion": c.Metric, "success": c.Holds}
		for key, text := range map[string]string{"name": c.Rule, "column": strings.ReplaceAll(c.Column, "[]", ""), "severity": severity(c.Severity), "expected": c.Expected, "actual": c.Actual, "description": c.Description} {
			if text != "" {
				a[key] = text
			}
		}
		list = append(list, a)
	}
	e.add(&d.InputFacets, "dataQualityAssertions", "1-1-0", "DataQualityAssertionsDatasetFacet", Facet{"assertions": list})
}

// severity is the specification's word.
func severity(s string) string {
	if s == "warning" {
		return "warn"
	}
	return s
}

// checks tells what was found of an output port.
func (e *exporter) checks(r Run, p port, checks []Check) []Event {
	name := e.product.ID + "." + p.Name + ".checks"
	at := r.Seen
	if r.Outcome != Running {
		at = r.Ended
	}
	job := &Job{Namespace: e.options.JobNamespace, Name: name}
	e.add(&job.Facets, "jobType", "2-0-4", "JobTypeJobFacet", Facet{"processingType": "STREAMING", "integration": "TIDEMARK", "jobType": "CHECKS"})
	d := &Dataset{Namespace: p.namespace, Name: p.contract.Topic()}
	e.assertions(d, checks)
	run := &RunID{ID: runID(e.options.JobNamespace, name, r.Instance, r.Incarnation)}
	event := Event{EventType: "RUNNING", EventTime: at.UTC(), Run: run, Job: job, Inputs: []*Dataset{d}, Producer: e.options.Producer, SchemaURL: core + "RunEvent"}
	start := event
	start.EventType, start.EventTime, start.Inputs = "START", r.Started.UTC(), e.named([]port{p})
	if r.Outcome != Running {
		event.EventType = string(r.Outcome)
	}
	return []Event{start, event}
}

// runID is a name-based UUID (version 5) of a run: whoever tells of it again gives it the same.
func runID(parts ...string) string {
	name := defaultProducer + "/runs/" + strings.Join(parts, "/")
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String()
}
