// Package opstack lets a stock chain of the OP Stack use the network: it stands between an unmodified op-node and its unmodified
// execution client as a proxy of the Engine API, and tells the network of every block that becomes the chain's head.
//
//	op-node ── Engine API ──▶ [ opstack ] ── Engine API ──▶ op-geth, op-reth
//	                              │ ▲
//	               signed blocks  ▼ │ the chain's lane, with proofs
//	                             gateway ─▶ mempool ─▶ ordering ─▶ orderedlog
//
// It runs beside the chain's nodes, far from any validator, and knows the network by client/lane alone. Its mode says what it does,
// and can be changed while it runs: in pass-through it is a wire; in confirm it also puts the chain's blocks into its lane.
//
// Invariants:
//  1. Requests and answers pass byte for byte, in all modes, whatever they hold: status, body and what headers mean are the execution
//     client's, errors included. Only the token is another: each side has its own secret.
//  2. Nothing that the network does or fails to do delays a call. What the network is told is taken from the execution client again
//     whenever it is needed, so there is no queue that could fill or get lost.
//  3. Who has no valid token gets nothing through.
//  4. What the lane says is the chain's newest unsafe chain, as this operator saw it: within a branch blocks follow each other without
//     gaps, and where the chain went back a new branch begins.
//
// What this package never does: change a payload or an attribute, answer in the place of the execution client, derive anything from
// L1, or keep a file.
package opstack
