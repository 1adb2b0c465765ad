// Package devnet runs a whole network on one machine, in one process: validators with their own keys, homes and
// executors, meshed over loopback sockets, and the rollups of a zone.
//
//	[ node × validators ] ◀─ loopback p2p ─▶ [ … ]      the first validator also serves the gateway
//
// Invariants:
//  1. A folder that is in use, of another version or not a devnet's is refused before anything in it is touched.
//  2. A second start of a folder continues the same chains; keys and genesis are written once, before the first tick.
//  3. Every validator runs the same code as a production node; nothing is shared between them but the process.
//
// What this package never does: anything that a validator on its own machine could not do, or protecting the
// development keys, which are public.
package devnet
