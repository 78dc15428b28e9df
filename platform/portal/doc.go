// Package portal is the platform's face: an HTTP API over what the mesh knows, described by OpenAPI 3.1, and the web
// pages that people read. Both answer from the fold's memory and never ask a broker on a request's account, but for
// dead letters, which are listed through DeadLetters.
//
//	/                          the data products and how they are doing
//	/data-products/{id}        everything about one
//	/search?q=                 what matches some words
//	/api/v1/…                  the same as JSON; /openapi.json describes it
//	/livez /readyz /metrics    package telemetry
//
// One file a concern: server.go (listening, limits), secure.go (headers), routes.go (the whole list of paths),
// api_*.go (JSON), page_*.go (mesh to view models; package pages has the templates), metrics.go (Prometheus).
// Everything is read-only and open to whoever reaches the port.
package portal
