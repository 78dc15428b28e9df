package mesh

import "time"

// Status is a port's health in one word.
type Status string

// The order is the precedence: the first that holds is the status. What runs the port comes first, since
// nothing else matters while nobody does; an open breach is a fact, so it goes before explanations.
const (
	// StatusFailed: what runs the port failed.
	StatusFailed Status = "failed"
	// StatusTripped: the circuit breaker is open; somebody has to resume.
	StatusTripped Status = "tripped"
	// StatusLost: every instance that ran the port went silent without a goodbye.
	StatusLost Status = "lost"
	// StatusStopped: the port ran, and nothing runs it now.
	StatusStopped Status = "stopped"
	// StatusBreached: a promise is not held.
	StatusBreached Status = "breached"
	// StatusDegraded: it runs with a part of its input paused, or with fewer instances than it should.
	StatusDegraded Status = "degraded"
	// StatusBackfilling: it, or what it is made from, is still loading the past; freshness is not judged.
	StatusBackfilling Status = "backfilling"
	// StatusHealthy: it runs and holds its promises.
	StatusHealthy Status = "healthy"
	// StatusUnknown: nothing was heard of the port yet.
	StatusUnknown Status = "unknown"
)

// statuses in their order of precedence.
var statuses = [...]Status{
	StatusFailed, StatusTripped, StatusLost, StatusStopped, StatusBreached, StatusDegraded, StatusBackfilling,
	StatusHealthy, StatusUnknown,
}

// Statuses lists every status by precedence, the worst first.
func Statuses() []Status { return append([]Status(nil), statuses[:]...) }

// Health is how a port does. Counts are summed over its input partitions and cumulative over the life of its
// consumer group.
type Health struct {
	Status string `json:"status" doc:"failed, tripped, lost, stopped, breached, degraded, backfilling, healthy or unknown: the first that holds"`
	// FreshnessMinutes is now minus the newest accepted event time in the slowest input partition that is not
	// idle (of all, if all are idle), and never below 0; null before the first accepted record.
	FreshnessMinutes *float64 `json:"freshness_minutes"`
	// EventTime is the event time up to which the data is complete: what FreshnessMinutes counts from.
	EventTime *time.Time `json:"event_time"`
	// RecordCount is how many records were emitted on the port; for observe, how many were seen.
	RecordCount int64 `json:"record_count"`
	// LastUpdate is when a record was last accepted; null before the first.
	LastUpdate *time.Time `json:"last_update"`
	// Completeness is accepted / (accepted + rejected); null where there was neither.
	Completeness *float64 `json:"completeness"`
	// Breaches is how many promises are not held now.
	Breaches int `json:"breaches"`

	Accepted int64            `json:"accepted" doc:"Input records that were emitted (observe: conforming)"`
	Rejected map[string]int64 `json:"rejected" doc:"Input records that were dead-lettered (observe: violating), by reason"`
	Filtered map[string]int64 `json:"filtered" doc:"Input records that a declared filter dropped, by filter"`
	Warnings map[string]int64 `json:"warnings" doc:"Breaches of rules with severity warning, by rule"`
	// Verified are the offsets of the port in which every record has a verdict.
	Verified []VerifiedRange `json:"verified"`
	// Violations are the newest ones that observe found.
	Violations []Violation `json:"violations"`
	// Quality is what the contract's quality metrics came to, by rule.
	Quality []Quality `json:"quality"`
	// LatencyP50 and LatencyP99 are seconds from the input record's timestamp to its commit; null before the
	// first.
	LatencyP50 *float64 `json:"latency_p50_seconds"`
	LatencyP99 *float64 `json:"latency_p99_seconds"`
	// Lag is how many input records have no outcome yet, as far as the writers know.
	Lag int64 `json:"lag"`
	// Lost is how many input offsets retention removed before they were read.
	Lost int64 `json:"lost"`
	// Idle: every input partition is.
	Idle     bool `json:"idle"`
	Backfill bool `json:"backfill" doc:"It is loading the past, or is made from what does"`
}

// RejectedTotal is the sum of Rejected.
func (h Health) RejectedTotal() int64 { return total(h.Rejected) }

// FilteredTotal is the sum of Filtered.
func (h Health) FilteredTotal() int64 { return total(h.Filtered) }

// In is how many input records have their outcome.
func (h Health) In() int64 { return h.Accepted + h.RejectedTotal() + h.FilteredTotal() }

func total(counts map[string]int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// VerifiedRange is a range of the port's offsets in which every record that a read-committed consumer sees has a
// verdict of one contract.
type VerifiedRange struct {
	Partition      int32  `json:"partition"`
	From           int64  `json:"from" doc:"The first verified offset"`
	To             int64  `json:"to" doc:"One past the last: the verified watermark"`
	ContractDigest string `json:"contract_digest"`
}

// Quality is what one quality metric of the contract came to, over the port's input partitions together.
type Quality struct {
	Rule     string     `json:"rule" doc:"The rule's id: <path>.<metric>, or <metric> of the whole record"`
	Metric   string     `json:"metric" doc:"nullValues, missingValues, invalidValues, duplicateValues or rowCount"`
	Value    float64    `json:"value" doc:"In the unit, over the window"`
	Unit     string     `json:"unit" doc:"rows or percent"`
	Promise  string     `json:"promise" doc:"What the contract demands, such as mustBeLessThan 5 percent"`
	Severity string     `json:"severity" doc:"error or warning"`
	Holds    *bool      `json:"holds" doc:"Whether the value is as demanded; null while the window is open or a partition has not told of it, and of rowCount and duplicateValues where it was not counted whole"`
	Start    time.Time  `json:"window_start"`
	End      *time.Time `json:"window_end" doc:"null while a window of records is open"`
	Records  int64      `json:"window_records" doc:"Records in the window"`
}

// Violation is a record on an observed topic that breaks the contract.
type Violation struct {
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	Reason    string `json:"reason"`
}

// Input is how a port does on one of its input partitions.
type Input struct {
	Topic       string           `json:"topic"`
	Partition   int32            `json:"partition"`
	Instance    string           `json:"instance"`
	Incarnation string           `json:"incarnation"`
	Generation  int32            `json:"generation"`
	At          time.Time        `json:"at" doc:"When this was last heard"`
	Position    int64            `json:"position" doc:"The next input offset: every record below it has its outcome"`
	Lag         int64            `json:"lag" doc:"Records below the last stable offset without an outcome"`
	EventTime   *time.Time       `json:"event_time"`
	UpdatedAt   *time.Time       `json:"updated_at"`
	Idle        bool             `json:"idle"`
	Backfill    bool             `json:"backfill"`
	Accepted    int64            `json:"accepted"`
	Rejected    map[string]int64 `json:"rejected"`
	Filtered    map[string]int64 `json:"filtered"`
	Records     int64            `json:"records"`
	Lost        int64            `json:"lost"`
	SchemaIDs   []int32          `json:"schema_ids" doc:"Writer schemas seen by this incarnation, newest last"`
}
