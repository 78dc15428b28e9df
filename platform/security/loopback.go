package security

import (
	"net"
	"strings"
)

// Loopback tells whether a host, without a port, is this machine alone: localhost, or an address of the loopback interface.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// LoopbackHost tells whether a request's Host, with or without a port, names this machine alone. A server that trusts
// loopback refuses others: a web page whose name was made to point here would get past loopback.
func LoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") || Loopback(strings.Trim(host, "[]"))
}
