// Package mempool is where transactions and bundles wait for their place in the order, and the last stage that may
// refuse them.
//
// It admits what its rollup would most likely execute now or once earlier nonces have arrived, keeps each sender's
// transactions in nonce order, hands new ones to the gossip of the validators, and offers candidates for a proposal:
// bundles in order of arrival, then singles, in turns by bytes over rollups and by transactions over a rollup's senders. Everything in it
// is one node's opinion. The rules that all nodes must agree on are core's CheckSingle and CheckBundle; the pool
// applies them at the door, so that no proposal made from it breaks them.
//
//	gateway ─▶ [ mempool ] ─▶ ordering ─▶ orderedlog ─▶ zone
//	              ▲   │                       │          │
//	              └───┴─ gossip (comet)       └ Committed└ Executed
//
// An entry goes through: waiting (a nonce is missing, or the fee cap is below the base fee) → ready → ordered
// (Committed) → gone (Executed). Ordered ones are kept until the state that includes them is published, so that no
// reader sees a transaction neither in the pool nor in the state, and the zone finds senders already recovered.
//
// Invariants:
//  1. One decoded object per transaction: its sender is recovered once, outside the lock, by at most
//     2 × Config.Workers goroutines, and travels with it through ordering and execution.
//  2. A sender's ready transactions are contiguous in nonce from the executed state, over what is already ordered.
//  3. Select never offers what is ordered, nor one transaction twice, nor a (rollup, sender) pair in two bundles or in
//     a bundle and a section.
//     A bundle with a parentTick is offered for the one tick that may hold it, as its first, and dropped when that passed.
//  4. Whatever a peer or a client sends, memory stays within the caps of Config: at a full pool the oldest waiting
//     transaction makes room for a ready one; nothing else is pushed out, the newcomer is refused.
//  5. Of a bundle and a single with the same sender and nonce, the one that arrived first goes first. So nobody can
//     hold up a transaction that was sent openly by wrapping it into bundles that fail.
//  6. A bundle with a replacement leaves only by a higher nonce of the same signer and uuid, and not at all if somebody
//     else brought it too.
//  7. A delegated account (EIP-7702), or one with an authorization on its way, has one transaction that can run.
//  8. What is parked is offered for the order as part of its bundle only, and is not gossiped.
//  9. On a chain that others execute (opstack) a sender's transactions are offered by ascending nonce too, as far as nonces are
//     known from the lane, the operator's reports and the chain itself; what is not known holds nothing up for long.
//  10. Bundles that fail are charged to the client that brought them to this node, never to the senders of their legs.
//
// What this package never does: executing, voting, deciding a fate of what is ordered, relaying what came by gossip,
// persisting, or logging (see Pool.Counters and Pool.Dropped).
package mempool
