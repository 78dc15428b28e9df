// Package security holds what every connection needs to be trusted: secrets that are read where they lie and shown
// nowhere, and TLS whose certificates may be replaced while the process runs.
package security
