// Package chainrpc serves the Ethereum JSON-RPC of a chain that the network orders and others execute, such as one of the OP Stack.
//
// What reads goes to the chain's own execution client, whose answers and errors pass as they are. What sends goes into the chain's
// lane, or, if the configuration says so, to that client as well. Between the two stands what only the gateway knows: a sender's transactions that are ordered and in no block yet, and the
// receipts that the chain's operator streams before a block is made.
//
//	client ─▶ gateway ─▶ [ chainrpc ] ─▶ execution client
//	                       │      ▲
//	                       ▼      └── stream of the operator's proxy
//	                    mempool
//
// Invariants:
//  1. Only methods of a list reach the execution client, and never one that changes it, except a transaction where the configuration sends them
//     there.
//  2. What is under way to it is bounded in number, time and size; nothing waits for it that need not.
//  3. A receipt of the stream is the operator's claim. It is withdrawn when the block is there without the transaction.
//  4. Memory is bounded by the configuration, whatever the stream says.
//
// What this package never does: execute, order, sign, or believe the stream more than the chain.
package chainrpc
