// Package client speaks to a gateway as an application does: the network's lockstep methods, typed, and an ethclient
// for each rollup.
//
//	[ client ] ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. It knows nothing of a network but its gateway's URL.
//  2. Errors of the gateway arrive as rpc.Error and rpc.DataError, with the gateway's code and data.
//
// What this package never does: hold keys, retry, or believe a level that the gateway did not state.
package client
