package config

import (
	"net/netip"
	"net/url"
	"strings"
)

// PublicURL is the address that mails and links name, without a slash at its end. Without the
// setting it is the one that the server listens on.
func (c Config) PublicURL() string {
	switch {
	case c.URL != "":
		return strings.TrimRight(c.URL, "/")
	case c.TLSCert != "":
		return "https://" + c.Listen
	}
	return "http://" + c.Listen
}

// HTTPS tells whether browsers reach the console under TLS, ours or a proxy's.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.PublicURL(), "https://") }

// TrustedProxies are the networks of Proxies; Validate has checked them.
func (c Config) TrustedProxies() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range c.Proxies {
		if p, err := parseNetwork(text); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// parseNetwork reads a network, or an address alone.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, err
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// masked stands for a secret wherever a configuration is printed.
const masked = "(masqué)"

// maskURL hides the password of an address, and all of a text that is none.
func maskURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		return masked
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "masque")
	}
	q := u.Query()
	for key := range q {
		if strings.Contains(strings.ToLower(key), "pass") {
			q.Set(key, "masque")
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}
