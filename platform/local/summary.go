package local

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/fault"
	"github.com/tidemark-mesh/tidemark/platform/local/traffic"
)

// Summary says what came of replaying the file once.
type Summary struct {
	ReadySeconds float64 `json:"ready_seconds"` // from the start until /readyz answered 200
	RunSeconds   float64 `json:"run_seconds"`   // from then until every record had its outcome
	OK           bool    `json:"ok"`            // everything agrees with the ledger
	// Injected counts the bad events by class.
	Injected     map[traffic.Class]int64 `json:"injected"`
	Ports        []PortSummary           `json:"ports"`
	DataProducts int                     `json:"data_products"`
	Instances    int                     `json:"instances"`
	// Reasons counts the dead letters of all data products, and what observers found, by reason.
	Reasons map[fault.Reason]int64 `json:"reasons"`

	// Differences are what does not agree, one sentence each; none when OK.
	Differences []string `json:"-"`
}

// PortSummary says what came of a data product's input, and what its port holds. Of an observed port, conforming and
// violating stand for accepted, dead and filtered.
type PortSummary struct {
	Port       string `json:"port"`
	Mode       string `json:"mode"`
	In         int64  `json:"in"`
	Accepted   *int64 `json:"accepted,omitempty"`
	Dead       *int64 `json:"dead,omitempty"`
	Filtered   *int64 `json:"filtered,omitempty"`
	Conforming *int64 `json:"conforming,omitempty"`
	Violating  *int64 `json:"violating,omitempty"`
	Records    int64  `json:"records"`
	Verified   bool   `json:"verified"` // the verified ranges cover every record
}

func (s *Summary) differs(format string, args ...any) {
	s.Differences = append(s.Differences, fmt.Sprintf(format, args...))
}

// compare notes a difference between what should be and what is.
func compare[N comparable](s *Summary, what string, got, want N) {
	if got != want {
		s.differs("%s: %v, the ledger says %v", what, got, want)
	}
}

func (s *Summary) compareReasons(what string, got, want map[fault.Reason]int64) {
	for _, reason := range slices.Sorted(maps.Keys(union(got, want))) {
		compare(s, fmt.Sprintf("%s for %s", what, reason), got[reason], want[reason])
	}
}

func union(a, b map[fault.Reason]int64) map[fault.Reason]bool {
	keys := map[fault.Reason]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}
