// Package supervise runs the nodes of a network as processes of one machine: it starts them, says when one ends by itself,
// starts it again if it shall, and ends all of them together.
//
//	lockstep devnet --processes ─▶ [ supervise ] ─▶ lockstep node × n ─▶ a log file each
//
// Invariants:
//  1. When Run returns no process that it has started is left.
//  2. A process is asked to end before it is killed.
//
// What this package never does: know what the processes are, or restart one that was asked to end.
package supervise
