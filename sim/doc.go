// Package sim runs a whole network in one process, one step after another, and checks after each that what Lockstep
// promises holds.
//
// One seed decides everything: the load, the clocks, what gossip is lost or late, who crashes when and with which of
// its writes, who proposes against the rules and whose executor is wrong. The stages are the real ones (package mempool
// without its goroutines, ordering's machine, orderedlog and zone on disks in memory, go-ethereum behind the zones);
// only the consensus engine and the network between the validators are replaced. So a run is a function of its
// Config: a failing one is repeated by its command line, and two runs of one seed have the same Report.Hash.
//
//	[ sim: load ─▶ mempool ⇄ gossip ─▶ ordering ─▶ orderedlog ─▶ zone ─▶ oracle ]
//
// Invariants:
//  1. Nothing but the seed is random, no clock is read, and what runs beside the main goroutine cannot be observed.
//  2. Executions are remembered by the whole history of calls that led to them, and shared by all validators; a wrong
//     executor has a history of its own. What is executed again must give what is remembered.
//  3. Less than 1/3 of the power misbehaves; crashes and partitions may hit everybody.
//  4. The oracle recomputes from the decided bytes; it asks no validator what is right.
//
// What this package never does: open a socket or a file, sleep, or repair what it finds.
package sim
