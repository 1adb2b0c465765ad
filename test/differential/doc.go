// Package differential asks a gateway and a stock go-ethereum node the same questions and explains every difference.
//
// The stock node is go-ethereum as published, with its own HTTP server. It starts from the rollup's genesis and imports the
// sealed blocks that the gateway serves, so it knows the same chain. Each method that it registers must have a question;
// each answer (results and errors with code, message and data) must be equal, or a row of the table of intended
// differences must say what differs and why. docs/reference/ethereum-rpc.md is made from that table.
//
//	           ┌─▶ gateway ─▶ zone/evm ─▶ open block, sealed blocks ─┐
//	[ differential ]                                                  │ blocks, by JSON-RPC
//	           └─▶ go-ethereum's node ◀───────────────────────────────┘
//
// Invariants:
//  1. A method of a later go-ethereum cannot be forgotten: without a question the test fails.
//  2. A difference without a row fails, and so does a row without a difference.
//
// What this package never does: compare with a patched go-ethereum, or with recorded answers.
package differential
