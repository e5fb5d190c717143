// Package door holds what the two doors of the program, pages and API, do alike: they know from
// where someone knocks and how often, they keep each visit in the journal before the first byte
// of the answer goes out, and they stop an answer that takes long when a right ends meanwhile.
// What cannot be kept in the journal is not answered.
package door

import (
	"net/http"
	"net/netip"
	"strings"
)

// Address is the network address of a request, without its port.
func Address(r *http.Request) string {
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return at.Addr().Unmap().WithZone("").String()
	}
	return r.RemoteAddr
}

// Network is what one sender can choose addresses in: the address itself for IPv4, its first 64
// bits for IPv6. Limits count by network.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() {
		return address
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// forwarding are the headers that a proxy adds: with one of them, the peer is not the sender.
var forwarding = []string{"Forwarded", "Via", "X-Real-Ip", "True-Client-Ip"}

// FromMachine tells whether a request was sent on this machine itself, not through a proxy.
func FromMachine(r *http.Request) bool {
	ip, err := netip.ParseAddr(Address(r))
	if err != nil || !ip.IsLoopback() {
		return false
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") {
			return false
		}
	}
	for _, name := range forwarding {
		if _, found := r.Header[name]; found {
			return false
		}
	}
	return true
}
