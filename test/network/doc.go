// Package network runs validators as processes of the real binary in four regions of the world, makes trouble between them, and
// measures what clients see of it.
//
//	clients in each region ─▶ lockstep node × 4, 7 or 16 ─▶ [ links: delay, jitter, loss, bandwidth, partitions ] ─▶ the other nodes
//
// Every node reaches every other one through a link of this package alone, a proxy in the test's process that holds bytes back
// as a long way would. A lost segment delays what follows on its connection by a retransmission timeout, which is what TCP makes
// of it; congestion control is not modelled. All clocks are one clock, so times between regions can be compared.
//
// Invariants:
//  1. All watchers together see one history: a tick has the same lanes at every node, a result one digest, and no level is taken back.
//  2. What a gateway has accepted is ordered, executed and attested in the end.
//  3. Every process that a test starts has ended when the test ends.
//
// What this package never does: reach into a node otherwise than through its sockets, its files and signals.
package network
