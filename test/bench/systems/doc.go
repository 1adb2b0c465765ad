// Package systems starts the networks that are measured and speaks to them as clients do: ours, and controls that are not ours,
// CometBFT with its own example application, and the development nodes of go-ethereum and Foundry.
//
//	[ systems ] ─ JSON lines ─▶ processes: members of a network, all in one or one each
//	     └──── JSON-RPC, WebSocket, Connect ────▶ their doors
//
// A network's members run in processes of this same program (see Serve), which are told by their standard input what to be. Members
// take ports from the kernel and tell them, then they are told those of the others, and begin.
//
// Invariants:
//  1. A member is put together as the released binary does it, with the default settings and what a settings file adds.
//  2. The tuned control has the engine settings of ours, and nothing else of ours.
//  3. Whatever is started is stopped by Stop, and its folder is removed.
//
// What this package never does: measure.
package systems
