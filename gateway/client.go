package gateway

import (
	"context"
	"net"
	"net/netip"

	"github.com/ethereum/go-ethereum/rpc"
)

// Client names the client whose request ctx belongs to, for quotas: its IPv4 address, or the /64 of its IPv6 address, of
// which one client has all. It is the address of the connection; what headers say is not believed. Empty if there is none.
func Client(ctx context.Context) string {
	host, _, err := net.SplitHostPort(rpc.PeerInfoFromContext(ctx).RemoteAddr)
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
