// Package lane follows a rollup's lane through any gateway of its network and believes none of them.
//
//	[ client/lane ] ─ Connect ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog
//
// It is what the node of a rollup embeds: transactions in, the lane out. Every tick is checked against the lane's head, the
// head against the checkpoints that the validators sign, and after a disconnect it goes on where it was, at the next gateway.
//
// Invariants:
//  1. Ticks are given once each, in order, without gaps, whatever connections break in between.
//  2. What a gateway sends and cannot be is ErrRefuted, and ends the reading: somebody should look at it.
//  3. A cursor that was saved together with what was made of the ticks before it is all that a restart needs.
//
// What this package never does: keep a file, execute anything, or hold more of a lane than the heads not proven yet.
package lane
