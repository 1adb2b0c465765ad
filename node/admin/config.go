package admin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Config says whether there is a private listener, and what is on it. All fields are local to a node.
type Config struct {
	// Listen is the address HOST:PORT of the private port, with /metrics, /healthz, /readyz and /debug/pprof/; port 0 lets the
	// kernel choose. Empty: there is none.
	Listen string
	// AllowRemote lets the private port be on an address that other machines reach. It has neither passwords nor encryption, so
	// let a firewall guard it.
	AllowRemote bool
	// Debug serves go-ethereum's debug_* of each rollup at /rollup/{id} of the private port. A trace may take a core for a minute.
	Debug bool
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	if c.Listen == "" {
		if c.AllowRemote || c.Debug {
			problems = append(problems, errors.New("admin.allowRemote and admin.debug are about admin.listen, which is empty"))
		}
		return errors.Join(problems...)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		problems = append(problems, fmt.Errorf("admin.listen %q: want HOST:PORT", c.Listen))
	case !c.AllowRemote && !loopback(host):
		problems = append(problems, fmt.Errorf("admin.listen %q can be reached from other machines: want 127.0.0.1, [::1] or localhost, or set admin.allowRemote", c.Listen))
	}
	return errors.Join(problems...)
}

// loopback is whether a host can be reached from this machine alone. No name but localhost is believed.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
