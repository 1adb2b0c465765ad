// Package solver is a reference market maker for intents: it watches a gateway's orders, prices each against its inventory
// and the Uniswap v2 pools of all rollups, and offers what it can give and keep its margin.
//
//	intents ─▶ [ solver: book → quote → legs → bundle ] ─▶ gateway (auction) ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//
// The parts that decide do no I/O: pool.go is Uniswap's formula, quote.go and part.go the offer, book.go what is known of
// orders and bids, margin.go what is learned from auctions. reader.go, bidder.go and setup.go speak to the network, session.go
// is the only loop.
//
// Invariants:
//  1. An offer is never under the order's limit, and never below the margin at the reserves, balances and gas prices that were
//     read: amounts are integers, rounded to the solver's disadvantage.
//  2. A leg on a pool has a limit of its own: a bundle that would be executed at a loss by then is void, and costs nothing.
//  3. All legs name the bundle's commitment, so none of them can be executed alone.
//  4. An account signs for one bid at a time on each rollup: the nonces of bids never stand in each other's way.
//  5. Nothing is kept on disk. What is open is asked for after every connection, and nonces and balances are the chain's.
//
// What this package never does: move inventory between rollups, trade without an order, or hold a password.
package solver
