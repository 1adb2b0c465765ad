package gateway

import (
	"context"
	"net"
	"net/netip"

	"github.com/ethereum/go-ethereum/rpc"
)

// Client names the client whose request ctx belongs to, for quotas: its IPv4 address, or the /64 of its IPv6 address, of
// which one client has all. It is the address of the connection; what headers say is believed of the proxies in
// Config.TrustedProxies only. Empty if there is none.
func Client(ctx context.Context) string { return clientOf(rpc.PeerInfoFromContext(ctx).RemoteAddr) }

// clientOf names the client with a remote address HOST:PORT.
func clientOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return ""
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	if address = address.Unmap().WithZone(""); address.Is4() {
		return address.String()
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return ""
	}
	return prefix.String()
}
