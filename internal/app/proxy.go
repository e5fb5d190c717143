package app

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// throughProxies puts the address of the client in the place of that of a trusted proxy, so that
// every room behind reads RemoteAddr and no other header. Of X-Forwarded-For it believes the last
// address that no trusted proxy bears: what stands before was written by the client itself.
func throughProxies(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := peerOf(r); ok && believed(trusted, peer) {
			if client, found := clientOf(trusted, r.Header.Values("X-Forwarded-For")); found {
				r = r.Clone(r.Context())
				r.RemoteAddr = net.JoinHostPort(client.String(), "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}

func peerOf(r *http.Request) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(host)
	return a.Unmap(), err == nil
}

func believed(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// clientOf walks the header from its end, where the nearest proxy wrote.
func clientOf(trusted []netip.Prefix, headers []string) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return netip.Addr{}, false // what is no address was not written by a proxy of ours
		}
		if a = a.Unmap(); !believed(trusted, a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// ownHost refuses requests that name another host than this server: a page of another site must
// not read figures through a name that it points here.
func ownHost(names map[string]bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.ToLower(strings.Trim(host, "[]"))
		if ip := net.ParseIP(host); !names[host] && !(names["localhost"] && ip != nil && ip.IsLoopback()) {
			http.Error(w, "Ce serveur ne répond pas sous ce nom.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
