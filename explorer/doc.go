// Package explorer is the web explorer of a node: a page, the live feed that it draws, and the answers behind its links.
//
// Everything is a reader: the feed follows ticks, votes and results and makes a few frames a second, each encoded once for
// all pages; the index follows what is attested and remembers which accounts it touched; the rest is asked of the gateway.
// It is mounted in the gateway and has no port of its own.
//
//	client ──▶ gateway ──▶ mempool ──▶ ordering ──▶ orderedlog ──▶ zone
//	  ▲           ▲                        │votes       │ticks       │results
//	  └─────[ explorer ]◀──────────────────┴────────────┴────────────┘
//
// Invariants:
//
//  1. Nobody waits for a page: a client that is slow loses its stream, and an explorer that is slow loses frames.
//  2. Memory is bounded by the configuration, whatever is ordered and however many pages are open.
//  3. The index holds only what never goes back: positions that are attested. It can be removed at any time, and is
//     made again from the log, as far as that is kept.
//  4. Pages load nothing from elsewhere.
//
// What this package never does: it changes nothing, decides nothing, and is needed by no other stage.
package explorer
