package place

import (
	"net"
	"net/netip"
	"syscall"
	"time"
)

// dialer reaches the machine that the configuration names, and no address that answers for this one alone: names can
// be made to lead to the address of metadata of a hosting, which hands out keys to whoever asks from here. It is
// asked about the address that is dialled, whatever the name led to before.
func dialer() *net.Dialer {
	return &net.Dialer{Timeout: 20 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || metadata[ip] {
			return lasting(nil, "%s n’est pas l’adresse d’une machine qui reçoit des fichiers\u00a0: le nom du lieu y mène-t-il bien\u202f? Vérifiez-le dans la configuration, et le DNS du serveur.", ip)
		}
		return nil
	}}
}

// metadata are the addresses of metadata that are not link-local.
var metadata = map[netip.Addr]bool{netip.MustParseAddr("fd00:ec2::254"): true, netip.MustParseAddr("100.100.100.200"): true, netip.MustParseAddr("192.0.0.192"): true}
