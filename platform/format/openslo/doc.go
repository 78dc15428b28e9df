// Package openslo writes a contract's promises as OpenSLO v1: a Service for the port, and for each promise that a metric
// tells of an SLI and an SLO.
//
//	of the contract   becomes
//	freshness         tidemark_port_freshness_seconds at most so many seconds, in slices of a minute
//	latency           tidemark_port_latency_seconds, quantile 0.99, at most so many seconds, in slices of a minute
//	frequency         the time since tidemark_port_last_update_timestamp_seconds, likewise
//	availability      tidemark_port_status is none of failed, tripped, lost and stopped, likewise
//	completeness      tidemark_port_accepted_total / (accepted + tidemark_port_rejected_total), by occurrences
//	errorRate         tidemark_port_rejected_total / (accepted + rejected), by occurrences
//
// The metrics are those that the platform serves on /metrics, and the queries are Prometheus's. An SLO needs a target below
// 1 and a window, which a contract does not say: the window is four weeks, and the target of a threshold is the promised
// availability, or else 0.99. Each thing that was added, and each promise without a metric, is a finding.
package openslo
