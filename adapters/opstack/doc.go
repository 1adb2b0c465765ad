// Package opstack lets a stock chain of the OP Stack use the network: it stands between an unmodified op-node and its unmodified
// execution client as a proxy of the Engine API, tells the network of every block that becomes the chain's head, and fills blocks with
// what the network has ordered.
//
//	op-node ── Engine API ──▶ [ opstack ] ── Engine API ──▶ op-geth, op-reth
//	                              │ ▲  └──── blocks while they are built ──▶ gateway, nodes for RPC
//	               signed blocks  ▼ │ the chain's lane, with proofs
//	                             gateway ─▶ mempool ─▶ ordering ─▶ orderedlog
//
// It runs beside the chain's nodes, far from any validator, and knows the network by client/lane alone. Its mode says what it does,
// and can be changed while it runs: in pass-through it is a wire; in confirm it also puts the chain's blocks into its lane; in shared
// the lane fills the blocks that op-node builds as a sequencer, when it wants their payload, and reports say what each block took.
// Until then it builds what the lane has brought so far, if there is a stream to tell it on.
//
// Invariants:
//  1. Requests and answers pass byte for byte, whatever they hold: status, body and what headers mean are the execution client's,
//     errors included. Only the token is another: each side has its own secret. The one exception is a sequencer's build in mode
//     shared: it begins with the deposits alone, and its payload is that of a build of the proxy's own.
//  2. Nothing that the network does or fails to do delays a call, but the payload of such a build, by at most a time that is set (the
//     policy "wait" has none). What the network is told is taken from the execution client again whenever it is needed, so there is no
//     queue that could fill or get lost.
//  3. Who has no valid token gets nothing through.
//  4. What the lane says is the chain's newest unsafe chain, as this operator saw it: within a branch blocks follow each other without
//     gaps, and where the chain went back a new branch begins.
//  5. In mode shared a block's content is a function of its parent, its timestamp and the lane: the transactions from the cursor behind
//     the parent up to the last tick that is not later than the timestamp less a constant. A transaction is in the block, or skipped for
//     good with a reason, or carried with all that follow to the next block. What was decided otherwise is written down before op-node
//     gets the block, is reported into the lane, and is preferred whenever the place is built again.
//  6. op-node never sees an error of a build that it did not ask for: the last resort is the block with the deposits alone.
//  7. What is foreseen of nonces, funds and fees saves builds and changes no block: the execution client's word counts, and what is left
//     out by foresight is proven by the accounts behind the block that is made without it.
//  8. A switch of the mode loses and reorders nothing that is ordered: out of shared it waits until blocks have what the lane held,
//     or, if told not to wait, leaves it in the lane for the next time.
//  9. What the stream has told of a block under one id is only added to, and every block is told to its end: another block than was
//     told begins with another id. Builds for it are those that the block itself needs, only earlier: they change nothing in it. One is
//     under way at a time, none begins that op-node's own would have to wait for, and who listens too slowly is dropped.
//
// What this package never does: execute anything, change a build whose transactions op-node has given, derive anything from L1, or let
// a transaction through that is no plain one of the chain.
package opstack
