// Package telemetry holds what every Tidemark process says about itself over HTTP: Prometheus metrics and
// health. The platform and the domains' binaries share it, so that one scrape configuration and one set of
// probes fit all of them.
//
//	/metrics          Prometheus text or OpenMetrics; our names begin with tidemark_, units are base units
//	/livez            200 while the process serves; says nothing about what it depends on
//	/readyz           200 when every check passes, else 503; ?verbose lists the checks
//	/healthz          an alias of /readyz, for tools that still ask for it
package telemetry
