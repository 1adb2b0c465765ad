package testnet

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/lockstep-network/lockstep/node"
)

// settings is the file of what differs from the defaults.
func (o Options) settings(members []member, index int) string {
	m := members[index]
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("# Settings of %s; `lockstep config show --config FILE` prints all.", strings.Replace(m.name(), "-", " ", 1))
	line("role = %q", m.role)
	if o.PasswordFile != "" && m.role == node.RoleValidator {
		line("ethereumPassword = %q", o.PasswordFile)
	}
	listen, served := m.p2p, m.rpc
	if len(o.Hosts) != 0 { // names are for the others; the machine itself listens on all of its addresses
		_, port, _ := net.SplitHostPort(m.p2p)
		_, rpc, _ := net.SplitHostPort(m.rpc)
		listen, served = "0.0.0.0:"+port, "0.0.0.0:"+rpc
	}
	if m.role == node.RoleGateway {
		line("\n[relay]")
		list(line, "upstreams", behind(members))
	} else {
		line("\n[ordering]")
		line("listen = %q", listen)
		list(line, "peers", peersOf(members, index))
		if helpers := doors(members, index); len(helpers) != 0 {
			line("\n# Gateways that may have snapshots, for when this node is new or was away for long. They need not be trusted.")
			line("[stateSync]")
			list(line, "peers", helpers)
		}
	}
	if m.role == node.RoleValidator {
		line("\n# Remove this table, and set gateway.listen to \"\", for a validator without a gateway.")
	} else {
		line("")
	}
	line("[gateway]")
	line("listen = %q", served)
	if len(o.Hosts) != 0 {
		line("vHosts = [\"localhost\", %q]", hostOf(m.rpc))
	}
	if proxies := relays(members); m.role != node.RoleGateway && len(proxies) != 0 {
		line("# The gateways in front: what they say of a client's address is believed.")
		list(line, "trustedProxies", proxies)
	}
	return out.String()
}

func list(line func(string, ...any), key string, items []string) {
	line("%s = [", key)
	for _, item := range items {
		line("  %q,", item)
	}
	line("]")
}

// peersOf are the validators that a node dials. Nobody dials followers: they know whom they want to hear.
func peersOf(members []member, index int) (peers []string) {
	for i, other := range members {
		if i != index && other.role == node.RoleValidator {
			peers = append(peers, other.nodeID+"@"+other.p2p)
		}
	}
	return peers
}

// doors are the gateways of the other nodes that have a copy of the network.
func doors(members []member, index int) (urls []string) {
	for i, other := range members {
		if i != index && other.role != node.RoleGateway {
			urls = append(urls, "http://"+other.rpc)
		}
	}
	return urls
}

// behind are the gateways that a gateway alone forwards to: the followers', or without any the validators'.
func behind(members []member) (urls []string) {
	role := node.RoleValidator
	for _, m := range members {
		if m.role == node.RoleFollower {
			role = node.RoleFollower
		}
	}
	for _, m := range members {
		if m.role == role {
			urls = append(urls, "http://"+m.rpc)
		}
	}
	return urls
}

// relays are the addresses of gateways alone, each once. A host name is none, and is left to the operator.
func relays(members []member) (addresses []string) {
	seen := make(map[string]bool)
	for _, m := range members {
		host := hostOf(m.rpc)
		if _, err := netip.ParseAddr(host); m.role == node.RoleGateway && err == nil && !seen[host] {
			seen[host] = true
			addresses = append(addresses, host)
		}
	}
	return addresses
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// startScript runs all nodes on this machine until it is interrupted.
func startScript(members []member) string {
	var out strings.Builder
	out.WriteString(`#!/bin/sh
# Runs every node of this network on this machine, each a process of its own, until Ctrl-C.
# LOCKSTEP names the binary; each node's log is node.log in its folder.
set -eu
cd "$(dirname "$0")"
lockstep="${LOCKSTEP:-lockstep}"
pids=""
trap 'kill $pids 2>/dev/null; wait' INT TERM EXIT
`)
	for _, m := range members {
		fmt.Fprintf(&out, "\"$lockstep\" node --home %[1]s >>%[1]s/node.log 2>&1 & pids=\"$pids $!\"\n", m.name())
		fmt.Fprintf(&out, "echo \"%s: http://%s, log %s/node.log\"\n", strings.Replace(m.name(), "-", " ", 1), m.rpc, m.name())
	}
	out.WriteString("wait\n")
	return out.String()
}
