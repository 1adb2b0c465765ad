// Package admin is a node's private listener: what the node tells those who operate it, and nobody else.
//
//	operator, Prometheus ─▶ [node/admin] ─▶ metrics, health, profiles
//	                              ├─(debug)─▶ go-ethereum's debug_* of each rollup, by zone/evm
//	                              └─(adapters)─▶ switches of adapters/opstack
//
// It is off unless Config.Listen is set, works on nodes without a gateway, and stays up while the node drains.
//
// Invariants:
//  1. What is served here beyond metrics and health is served nowhere else: no profile and no debug method can be reached
//     through the gateway.
//  2. The port is on the loopback interface unless Config.AllowRemote says otherwise, and then no name that a web page could make
//     point to it is answered.
//  3. debug_* is there with Config.Debug only.
//
// What this package never does: change anything itself; what is handed in as Deps.Control may.
package admin
