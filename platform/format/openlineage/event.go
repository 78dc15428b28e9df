package openlineage

import (
	"bytes"
	"encoding/json"
	"time"
)

// Versions of the specification, as the schemas' URLs have them.
const (
	core   = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
	facets = "https://openlineage.io/spec/facets/"
)

// defaultProducer names the software that says it.
const defaultProducer = "https://github.com/tidemark-mesh/tidemark"

// Event is a RunEvent, a JobEvent or a DatasetEvent.
type Event struct {
	EventType string     `json:"eventType,omitempty"` // of a run
	EventTime time.Time  `json:"eventTime"`
	Run       *RunID     `json:"run,omitempty"`
	Job       *Job       `json:"job,omitempty"`
	Dataset   *Dataset   `json:"dataset,omitempty"`
	Inputs    []*Dataset `json:"inputs,omitempty"`
	Outputs   []*Dataset `json:"outputs,omitempty"`
	Producer  string     `json:"producer"`
	SchemaURL string     `json:"schemaURL"`
}

// RunID is a run.
type RunID struct {
	ID     string `json:"runId"`
	Facets Facets `json:"facets,omitempty"`
}

// Job is what runs.
type Job struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Facets    Facets `json:"facets,omitempty"`
}

// Dataset is what is read or written.
type Dataset struct {
	Namespace    string `json:"namespace"`
	Name         string `json:"name"`
	Facets       Facets `json:"facets,omitempty"`
	InputFacets  Facets `json:"inputFacets,omitempty"`
	OutputFacets Facets `json:"outputFacets,omitempty"`
}

// Facets are by the name that the specification gives them.
type Facets map[string]Facet

// Facet is one facet's content, _producer and _schemaURL included.
type Facet map[string]any

// Lines are events as JSON Lines.
func Lines(events []Event) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i := range events {
		if err := e.Encode(&events[i]); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// add puts a facet of a version, with what every facet has.
func (e *exporter) add(into *Facets, name, version, definition string, content Facet) {
	file := definition
	if definition == "LineageDatasetFacet" { // two definitions share a file
		file = "LineageFacet"
	}
	content["_producer"] = e.options.Producer
	content["_schemaURL"] = facets + version + "/" + file + ".json#/$defs/" + definition
	if *into == nil {
		*into = Facets{}
	}
	(*into)[name] = content
}
