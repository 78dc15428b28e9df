package security

import "net"

// Loopback tells whether a host, without a port, is this machine alone: localhost, or an address of the loopback interface.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
