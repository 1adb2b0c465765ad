package testnet

import (
	"fmt"
	"net"
	"strings"
)

// settings is the file of what differs from the defaults.
func (o Options) settings(members []member, index int) string {
	m := members[index]
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("# Settings of validator %d; `lockstep config show --config FILE` prints all.", index)
	if o.PasswordFile != "" {
		line("ethereumPassword = %q", o.PasswordFile)
	}
	listen, served := m.p2p, m.rpc
	if len(o.Hosts) != 0 { // names are for the others; the machine itself listens on all of its addresses
		_, port, _ := net.SplitHostPort(m.p2p)
		_, rpc, _ := net.SplitHostPort(m.rpc)
		listen, served = "0.0.0.0:"+port, "0.0.0.0:"+rpc
	}
	line("\n[ordering]")
	line("listen = %q", listen)
	line("peers = [")
	for i, other := range members {
		if i != index {
			line("  \"%s@%s\",", other.nodeID, other.p2p)
		}
	}
	line("]")
	line("\n# Remove this table, and set gateway.listen to \"\", for a validator without a gateway.")
	line("[gateway]")
	line("listen = %q", served)
	if len(o.Hosts) != 0 {
		line("vHosts = [\"localhost\", %q]", hostOf(m.rpc))
	}
	return out.String()
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// startScript runs all validators on this machine until it is interrupted.
func startScript(members []member) string {
	var out strings.Builder
	out.WriteString(`#!/bin/sh
# Runs every validator of this network on this machine, each a process of its own, until Ctrl-C.
# LOCKSTEP names the binary; each validator's log is node.log in its folder.
set -eu
cd "$(dirname "$0")"
lockstep="${LOCKSTEP:-lockstep}"
pids=""
trap 'kill $pids 2>/dev/null; wait' INT TERM EXIT
`)
	for i, m := range members {
		fmt.Fprintf(&out, "\"$lockstep\" node --home validator-%d >>validator-%d/node.log 2>&1 & pids=\"$pids $!\"\n", i, i)
		fmt.Fprintf(&out, "echo \"validator %d: http://%s, log validator-%d/node.log\"\n", i, m.rpc, i)
	}
	out.WriteString("wait\n")
	return out.String()
}
